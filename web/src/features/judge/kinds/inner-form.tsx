import type { HandedTask } from "../../../api/types";
import type { Work } from "../work";
import type { Change } from "./kind";
import { EarlierWorkView, PlainAnswers, questioned } from "./earlier-work";
import { kindPages } from "./table";

type Props = { project: number; task: HandedTask; work: Work; change: Change };

// Beside a review's or an adjudication's form: the judgment in question and, where its kind has one, the editor for
// how it should be. The editor shows the answer itself.
export function InnerLeft({ open, ...props }: Props & { open: boolean }) {
  const inner = questioned(props.task);
  const { Left } = kindPages[inner.kind];
  return (
    <>
      {open && Left ? null : <PlainAnswers task={props.task} />}
      <EarlierWorkView project={props.project} task={props.task} />
      {open && Left ? (
        <section className="inner-left" aria-label="The judgment as it should be">
          <Left {...props} task={inner} kept={props.task.earlier?.exchanges ?? []} />
        </section>
      ) : null}
    </>
  );
}

// The form of the kind of work that is in question, inside of a review's or an adjudication's.
export function InnerForm(props: Props) {
  const inner = questioned(props.task);
  const { Form } = kindPages[inner.kind];
  return (
    <section className="inner-form" aria-label="The judgment as it should be, its form">
      <Form {...props} task={inner} kept={props.task.earlier?.exchanges ?? []} />
    </section>
  );
}
