import { Text } from "@mantine/core";
import type { Exchange, HandedTask, Kind } from "../../api/types";
import { saidOfCompare, saidOfFactCheck, saidOfFlag, saidOfRate, saidOfRubric, saidOfSpans } from "./kinds/said-choice";
import { textRows, type Row } from "./kinds/said-parts";
import { saidOfChat, saidOfEdit, saidOfPrompt, saidOfRewrite, saidOfWrite } from "./kinds/said-text";
import type { Payload } from "./work";

type About = { project: number; task: HandedTask; exchanges: Exchange[] };

const said: Record<Kind, (sent: Payload, about: About) => Row[]> = {
  compare: (sent, { task }) => saidOfCompare(sent, task),
  rate: (sent, { task }) => saidOfRate(sent, task),
  write: saidOfWrite,
  edit: saidOfEdit,
  rewrite: saidOfRewrite,
  flag: (sent, { task }) => saidOfFlag(sent, task),
  spans: saidOfSpans,
  rubric: (sent, { task }) => saidOfRubric(sent, task),
  fact_check: (sent, { project }) => saidOfFactCheck(sent, project),
  prompt: (sent, { exchanges }) => saidOfPrompt(sent, exchanges),
  chat: (sent, { exchanges }) => saidOfChat(sent, exchanges),
  review: (sent) => textRows([["Verdict", sent.verdict], ["Instruction", sent.clause], ["Comment", sent.comment]]),
  appeal: (sent) => textRows([["Decision", sent.decision], ["Reason", sent.reason]]),
  adjudicate: (sent) => textRows([["Reason", sent.reason]]),
};

// Of a person who was erased nothing is left but that they judged.
export function isErased(payload: unknown): boolean {
  return typeof payload === "object" && payload !== null && "erased" in payload;
}

type Props = About & { title: string; kind: Kind; payload: unknown };

// What somebody said of a task, for others to read. Names and times are not among it.
export function PayloadView({ title, kind, payload, ...about }: Props) {
  return (
    <section className="card" aria-label={title}>
      <Text fw={600} size="sm" mb={8}>
        {title}
      </Text>
      {isErased(payload) ? (
        <Text size="sm">The person’s data were erased, and with them what they said here.</Text>
      ) : (
        <dl className="payload">
          {said[kind](payload as Payload, about).map(({ label, value }, place) => (
            <div key={place} className="fact">
              <dt dir="auto">{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
