import { Alert, Badge, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { useProjectEvents } from "../../api/events";
import { modelName, modelsQuery } from "../../api/queries";
import type { Project, Round } from "../../api/types";
import { moment, plural } from "../../shared/format";
import { Page } from "../../shared/page";
import { Section } from "../../shared/section";
import { Empty, Failed, Waiting } from "../../shared/states";
import { stateColor, stateName } from "../../shared/words";
import { Actions } from "./actions";
import { JobList } from "./job-list";
import { RunList } from "./run-list";
import { SnapshotList } from "./snapshot-list";
import { StageList } from "./stage-list";
import { useRound } from "./use-round";

// Whether blind comparisons are still open is counted on the evaluation's own page.
function EvaluationBadge({ state }: { state: Round["evaluations"][number]["state"] }) {
  const under = state === "generating" || state === "failed";
  return (
    <Badge size="sm" variant="light" color={under ? stateColor(state) : "green"} className="stays">
      {under ? stateName(state) : "figures are there"}
    </Badge>
  );
}

function Evaluations({ project, round }: { project: Project; round: Round }) {
  const models = useQuery(modelsQuery(project.id));
  return (
    <ul className="plain-list">
      {[...round.evaluations]
        .sort((a, b) => b.id - a.id)
        .map((evaluation) => (
          <li key={evaluation.id}>
            <Link className="card row-link" to={`/p/${project.id}/evaluations/${evaluation.id}`}>
              <Group justify="space-between" gap="xs" align="flex-start">
                <div className="grows">
                  <Text fw={600} component="span">
                    Evaluation {evaluation.id}
                  </Text>
                  <Text size="sm" c="dimmed" className="breaks">
                    {plural(evaluation.model_ids.length, "model")} against <bdi>{modelName(models.data, evaluation.baseline_model_id)}</bdi> · {moment(evaluation.created_at)}
                  </Text>
                </div>
                <EvaluationBadge state={evaluation.state} />
              </Group>
            </Link>
          </li>
        ))}
    </ul>
  );
}

function Content({ project, round, mayRun }: { project: Project; round: Round; mayRun: boolean }) {
  const nothing = round.jobs.length + round.snapshots.length + round.runs.length + round.evaluations.length === 0;
  return (
    <>
      <StageList stages={round.stages} />
      {mayRun && round.state === "open" ? <Actions project={project} round={round} /> : null}
      {nothing ? (
        <div className="section">
          <Empty title="Nothing has run yet">Prompts and tasks come through the interface or the command line; jobs, snapshots, training runs and evaluations of this round appear here.</Empty>
        </div>
      ) : null}
      {round.evaluations.length > 0 ? <Section title="Evaluations"><Evaluations project={project} round={round} /></Section> : null}
      {round.jobs.length > 0 ? <Section title="Jobs"><JobList jobs={round.jobs} mayRun={mayRun} /></Section> : null}
      {round.runs.length > 0 ? <Section title="Training runs"><RunList project={project} runs={round.runs} /></Section> : null}
      {round.snapshots.length > 0 ? <Section title="Snapshots"><SnapshotList project={project.id} snapshots={round.snapshots} /></Section> : null}
    </>
  );
}

export function RoundPage({ project, mayRun }: { project: Project; mayRun: boolean }) {
  const { round: id } = useParams();
  const round = useRound(Number(id));
  const models = useQuery(modelsQuery(project.id));
  const live = useProjectEvents(project.id);
  const title = round.data ? `${round.data.number}. ${round.data.name}` : "Round";
  const heading = round.data ? (
    <>
      {round.data.number}. <bdi>{round.data.name}</bdi>
    </>
  ) : null;
  const about = round.data ? (
    <>
      {round.data.model_before_id === null ? "No model to start from" : <>Starts from <bdi>{modelName(models.data, round.data.model_before_id)}</bdi></>}
      {round.data.model_after_id === null ? null : <>, decided for <bdi>{modelName(models.data, round.data.model_after_id)}</bdi></>} · begun {moment(round.data.created_at)} ·{" "}
      <span className={live ? "live" : undefined}>{live ? "live" : "news every 2 s while a job runs"}</span>
    </>
  ) : null;
  return (
    <Page title={title} heading={heading} about={about}>
      {round.isPending ? <Waiting /> : null}
      {round.isError && !round.data ? <Failed error={round.error} retry={() => void round.refetch()} /> : null}
      {round.isError && round.data ? (
        <Alert color="yellow" mb="md">
          What you see may be old: {round.error.message}
        </Alert>
      ) : null}
      {round.data ? <Content project={project} round={round.data} mayRun={mayRun} /> : null}
    </Page>
  );
}
