import type { HandedTask } from "../../../api/types";
import type { Work } from "../work";
import type { Change } from "./kind";
import { questioned } from "./earlier-work";
import { kindPages } from "./table";

// The form of the kind of work that is in question, inside of a review's or an adjudication's.
export function InnerForm({ project, task, work, change }: { project: number; task: HandedTask; work: Work; change: Change }) {
  const inner = questioned(task);
  const { Left, Form } = kindPages[inner.kind];
  return (
    <section className="inner-form" aria-label="The judgment as it should be">
      {Left ? <Left project={project} task={inner} work={work} change={change} /> : null}
      <Form project={project} task={inner} work={work} change={change} />
    </section>
  );
}
