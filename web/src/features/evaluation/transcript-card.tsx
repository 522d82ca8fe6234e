import { Badge, Group, Text } from "@mantine/core";
import type { Column, Evaluation, Transcript } from "../../api/types";
import { metricText, toneOf } from "./metric-text";
import { orderedColumns } from "./verdict";

// What speaks for the answer is green, what speaks against it red; the words say the same.
function Chips({ metrics, columns }: { metrics: Record<string, number>; columns: Column[] }) {
  const known = columns.filter((column) => column.key in metrics);
  if (known.length === 0) return null;
  return (
    <ul className="chips" aria-label="Measured on this answer">
      {known.map((column) => (
        <li key={column.key} className={`measure measure-${toneOf(column, metrics[column.key]!)}`}>
          {column.label}: {metricText(metrics[column.key]!, column.unit)}
        </li>
      ))}
    </ul>
  );
}

type Props = { evaluation: Evaluation; transcript: Transcript; model: number | null };

export function TranscriptCard({ evaluation, transcript, model }: Props) {
  const baseline = evaluation.baseline_model_id;
  const answers = transcript.answers
    .filter((answer) => model === null || answer.model_id === model || answer.model_id === baseline)
    .sort((a, b) => Number(b.model_id === baseline) - Number(a.model_id === baseline) || a.model_id - b.model_id);
  return (
    <li className="card transcript">
      {transcript.prompt.messages.map((message, at) => (
        <div key={at} className={message.role === "user" ? "turn turn-user" : "turn"}>
          <Text size="xs" c="dimmed">
            {message.role === "user" ? "Question" : message.role === "system" ? "Instruction" : "Earlier answer"}
          </Text>
          <div className="text" dir="auto">
            {message.content}
          </div>
        </div>
      ))}
      <div className={answers.length > 1 ? "answers" : "answers answers-one"}>
        {answers.map((answer) => (
          <article key={answer.response_id} className="answer answer-plain" aria-label={`Answer of ${answer.name}`}>
            <Group gap="xs" mb={6}>
              <Text size="sm" fw={600} className="breaks">
                <bdi>{answer.name}</bdi>
              </Text>
              {answer.model_id === baseline ? (
                <Badge size="xs" variant="default">
                  baseline
                </Badge>
              ) : null}
            </Group>
            <div className="text" dir="auto">
              {answer.text || <em>The model wrote nothing.</em>}
            </div>
            <Chips metrics={answer.metrics} columns={orderedColumns(evaluation)} />
          </article>
        ))}
      </div>
    </li>
  );
}
