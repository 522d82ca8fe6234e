import { Progress, Text } from "@mantine/core";
import type { Stage } from "../../api/types";
import { count } from "../../shared/format";

const marks = { done: "✓", running: "…", waiting: "" } as const;
const stateWords = { done: "done", running: "under way", waiting: "waiting" } as const;

export function StageList({ stages }: { stages: Stage[] }) {
  return (
    <ol className="stages" aria-label="Stages of the round">
      {stages.map((stage) => (
        <li key={stage.key} className={`stage stage-${stage.state}`}>
          <Text size="sm" fw={600}>
            {stage.label} <span aria-hidden>{marks[stage.state]}</span>
          </Text>
          <Text size="xs" c="dimmed">
            {stage.total > 0 ? `${count(stage.done)} of ${count(stage.total)}` : "none yet"}
            <span className="only-heard">, {stateWords[stage.state]}</span>
          </Text>
          <Progress mt={8} size={4} aria-label={`${stage.label}: ${stateWords[stage.state]}`} value={stage.total > 0 ? (100 * stage.done) / stage.total : 0} animated={stage.state === "running"} />
        </li>
      ))}
    </ol>
  );
}
