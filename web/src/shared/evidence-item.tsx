import { Badge, Group, Text } from "@mantine/core";
import type { Evidence } from "../api/types";
import { moment } from "./format";

const names: Record<string, string> = { python: "Python", cpp: "C++", javascript: "JavaScript", shell: "Shell", calculation: "Calculation" };
const outcomes: Record<string, string> = {
  finished: "ended well",
  failed: "failed",
  out_of_time: "ran out of time",
  out_of_memory: "ran out of memory",
  too_many_processes: "started too many processes",
  too_much_output: "wrote too much",
  cancelled: "was stopped",
};

function outcomeOf(kept: Evidence): string {
  return `${outcomes[kept.outcome] ?? kept.outcome}${kept.outcome === "failed" ? ` (status ${kept.exit_status})` : ""}`;
}

// One thing that was tried: what, and what came of it.
export function EvidenceItem({ kept, withSource = true }: { kept: Evidence; withSource?: boolean }) {
  const calculation = kept.kind === "calculation";
  return (
    <div>
      <Group gap="xs">
        <Badge size="sm" variant="default" tt="none">{names[kept.kind] ?? kept.kind}</Badge>
        {calculation ? null : (
          <Text size="sm" className={kept.outcome === "finished" ? "better" : "worse"}>
            {outcomeOf(kept)}, {(kept.milliseconds / 1000).toFixed(1)} s
          </Text>
        )}
        <Text size="xs" c="dimmed">{moment(kept.created_at)}</Text>
      </Group>
      {withSource ? <pre className="log mono" tabIndex={0}>{kept.source}</pre> : null}
      {kept.output ? <pre className="log mono" tabIndex={0} aria-label="Output">{kept.output}{kept.cut ? "\n…" : ""}</pre> : null}
      {kept.errors ? <pre className="log mono worse" tabIndex={0} aria-label="Errors">{kept.errors}</pre> : null}
      {!calculation && !kept.output && !kept.errors ? <Text size="xs" c="dimmed" mt={4}>It wrote nothing.</Text> : null}
    </div>
  );
}
