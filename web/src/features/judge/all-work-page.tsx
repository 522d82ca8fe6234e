import type { Project } from "../../api/types";
import { judging } from "../../shared/kinds";
import { JudgePage } from "./judge-page";

export function AllWorkPage({ project }: { project: Project }) {
  return <JudgePage project={project} title="Judge" kinds={judging} />;
}
