import type { Project } from "../../api/types";
import { Page } from "../../shared/page";
import { PolicySection } from "./policy-section";
import { ProjectSection } from "./project-section";
import { RubricSection } from "./rubric-section";

export function SettingsPage({ project }: { project: Project }) {
  return (
    <Page title="Settings" about={<bdi>{project.name}</bdi>}>
      <ProjectSection project={project} />
      <PolicySection project={project} />
      <RubricSection project={project} />
    </Page>
  );
}
