import type { Project } from "../../api/types";
import { Page } from "../../shared/page";
import { PolicySection } from "./policy-section";
import { RubricSection } from "./rubric-section";

export function SettingsPage({ project }: { project: Project }) {
  return (
    <Page title="Settings" about={<bdi>{project.name}</bdi>}>
      <PolicySection project={project} />
      <RubricSection project={project} />
    </Page>
  );
}
