import type { Project } from "../../api/types";
import { reviewing } from "../../shared/kinds";
import { JudgePage } from "./judge-page";

// What looks at the work of others: reviews, appeals, disagreements.
export function ReviewPage({ project }: { project: Project }) {
  return <JudgePage project={project} title="Review" kinds={reviewing} />;
}
