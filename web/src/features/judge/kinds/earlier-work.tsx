import { Text } from "@mantine/core";
import type { HandedTask, Kind } from "../../../api/types";
import { isErased, PayloadView } from "../payload-view";
import { emptyWork, type Payload, type Work } from "../work";
import { letters } from "./kind";

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

function Words({ label, title, texts }: { label: string; title: string; texts: string[] }) {
  const there = texts.filter((text) => text !== "");
  if (there.length === 0) return null;
  return (
    <section className="card" aria-label={label}>
      <Text fw={600} size="sm" mb={4}>
        {title}
      </Text>
      {there.map((text) => (
        <div key={text} className="text" dir="auto">
          {text}
        </div>
      ))}
    </section>
  );
}

export function EarlierWorkView({ project, task }: { project: number; task: HandedTask }) {
  const { earlier } = task;
  if (!earlier) return null;
  const about = { project, task, kind: earlier.kind as Kind, exchanges: earlier.exchanges };
  return (
    <>
      {earlier.payload ? <PayloadView {...about} title="The judgment" payload={earlier.payload} /> : null}
      <Words label="The rejection" title="Rejected, citing" texts={[earlier.clause, earlier.comment]} />
      <Words label="The objection" title="The person objects" texts={[earlier.objection]} />
      {earlier.others.map((payload, place) => <PayloadView key={place} {...about} title={earlier.payload ? `Another judgment (${place + 1})` : `Judgment ${place + 1}`} payload={payload} />)}
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
  return payload && !isErased(payload) ? restored(payload as Payload, questioned(task)) : emptyWork();
}
