import { Badge, Group, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Project, Run } from "../../api/types";
import { duration } from "../../shared/format";
import { RunFacts } from "../../shared/run-facts";
import { Failed, Waiting } from "../../shared/states";
import { objectiveName, stateColor, stateName } from "../../shared/words";
import { LossCurve } from "./loss-curve";
import { useRun } from "./use-round";

function RunCard({ project, run }: { project: Project; run: Run }) {
  const detail = useRun(run.id, run.state === "running");
  return (
    <li className="card run">
      <Group justify="space-between" gap="xs" mb="sm" align="flex-start" wrap="nowrap">
        <div className="grows">
          <Text fw={600} className="breaks">
            <bdi>{run.name}</bdi>
          </Text>
          <Text size="sm" c="dimmed">
            {objectiveName(run.objective)}
            {run.ended_at ? `, ${duration(run.created_at, run.ended_at)}` : ""}
          </Text>
        </div>
        {run.state === "done" ? null : (
          <Badge size="sm" variant="light" color={stateColor(run.state)} className="stays">
            {stateName(run.state)}
          </Badge>
        )}
      </Group>
      {detail.isPending ? <Waiting label="Loading the steps" /> : null}
      {detail.isError ? <Failed error={detail.error} /> : null}
      {detail.data ? <LossCurve run={detail.data} /> : null}
      <RunFacts name={run.name} metrics={run.metrics} settings={run.settings} />
      {run.model_id !== null ? (
        <Text size="sm" mt="sm">
          <Link to={`/p/${project.id}/models/${run.model_id}`}>The model it made</Link>
        </Text>
      ) : null}
    </li>
  );
}

export function RunList({ project, runs }: { project: Project; runs: Run[] }) {
  return (
    <ul className="plain-list run-grid">
      {[...runs]
        .sort((a, b) => b.id - a.id)
        .map((run) => (
          <RunCard key={run.id} project={project} run={run} />
        ))}
    </ul>
  );
}
