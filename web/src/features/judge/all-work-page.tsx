import type { Project } from "../../api/types";
import { JudgePage } from "./judge-page";
import { judging } from "./kinds/table";

export function AllWorkPage({ project }: { project: Project }) {
  return <JudgePage project={project} title="Judge" kinds={judging} />;
}
