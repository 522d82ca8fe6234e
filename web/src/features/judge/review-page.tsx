import type { Project } from "../../api/types";
import { JudgePage } from "./judge-page";
import { reviewing } from "./kinds/table";

// What looks at the work of others: reviews, appeals, disagreements.
export function ReviewPage({ project }: { project: Project }) {
  return <JudgePage project={project} title="Review" kinds={reviewing} />;
}
