import { Text } from "@mantine/core";
import type { HandedTask } from "../../../api/types";
import { PayloadView } from "../payload-view";
import { emptyWork, type Payload, type Work } from "../work";
import { letters, type Part } from "./kind";

// The answers as they stand, without anything to press.
export function PlainAnswers({ task }: { task: HandedTask }) {
  if (task.responses.length === 0) return null;
  return (
    <div className={task.responses.length > 1 ? "answers" : "answers answers-one"}>
      {task.responses.map((response, place) => (
        <article key={response.id} className="answer" aria-label={task.responses.length > 1 ? `Answer ${letters[place]}` : "Answer"}>
          <Text fw={600} size="sm" mb={8}>
            {task.responses.length > 1 ? `Answer ${letters[place]}` : "Answer"}
          </Text>
          <div className="text" dir="auto">
            {response.text}
          </div>
        </article>
      ))}
    </div>
  );
}

export function EarlierWorkView({ task }: Part) {
  const { earlier } = task;
  return (
    <>
      <PlainAnswers task={task} />
      {earlier?.payload ? <PayloadView title="The judgment" payload={earlier.payload} responses={task.responses} /> : null}
      {earlier?.exchanges.map((exchange) => (
        <section key={exchange.id} className="card" aria-label="What the model answered">
          <Text size="xs" c="dimmed">
            {exchange.messages.at(-1)?.content}
          </Text>
          <div className="text" dir="auto">
            {exchange.reply}
          </div>
        </section>
      ))}
      {earlier?.clause || earlier?.comment ? (
        <section className="card" aria-label="The rejection">
          <Text fw={600} size="sm">
            Rejected, citing
          </Text>
          <div className="text" dir="auto">
            {earlier.clause}
          </div>
          {earlier.comment ? (
            <Text size="sm" mt={6} dir="auto">
              {earlier.comment}
            </Text>
          ) : null}
        </section>
      ) : null}
      {earlier?.objection ? (
        <section className="card" aria-label="The objection">
          <Text fw={600} size="sm">
            The person objects
          </Text>
          <div className="text" dir="auto">
            {earlier.objection}
          </div>
        </section>
      ) : null}
      {earlier?.others.map((payload, place) => <PayloadView key={place} title={`Another judgment (${place + 1})`} payload={payload} responses={task.responses} />)}
    </>
  );
}

// The task that the work in question was about, as its own kind of page sees it.
export function questioned(task: HandedTask): HandedTask {
  return { ...task, kind: task.earlier?.kind ?? task.kind, earlier: null };
}

export function innerWork(work: Work | null, task: HandedTask, restored: (sent: Payload, task: HandedTask) => Work): Work {
  if (work) return work;
  const payload = task.earlier?.payload;
  return payload ? restored(payload as Payload, questioned(task)) : emptyWork();
}
