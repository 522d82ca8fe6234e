import { Badge, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { modelName, modelsQuery, roundsQuery } from "../../api/queries";
import type { Project, RoundSummary } from "../../api/types";
import { moment, plural } from "../../shared/format";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";
import { stateColor } from "../../shared/words";
import { StartRound } from "./start-round";

function About({ project }: { project: Project }) {
  const { counts } = project;
  return (
    <>
      {plural(counts.prompts, "prompt")} · {plural(counts.responses, "answer")} · {plural(counts.judgments, "judgment")} ·{" "}
      {plural(counts.tasks_open, "open task")} · {plural(counts.members, "member")}
    </>
  );
}

function RoundRow({ project, round }: { project: Project; round: RoundSummary }) {
  const models = useQuery(modelsQuery(project.id));
  return (
    <li>
      <Link className="card row-link" to={`/p/${project.id}/rounds/${round.id}`}>
        <Group justify="space-between" gap="xs" align="flex-start">
          <div className="grows">
            <Text fw={600} component="span" className="breaks">
              {round.number}. <bdi>{round.name}</bdi>
            </Text>
            <Text size="sm" c="dimmed" className="breaks">
              {round.model_after_id === null && round.model_before_id !== null ? "Starts from " : ""}
              {round.model_before_id === null ? "No model to start from" : <bdi>{modelName(models.data, round.model_before_id)}</bdi>}
              {round.model_after_id === null ? null : <> → <bdi>{modelName(models.data, round.model_after_id)}</bdi></>}{" "}
              · begun {moment(round.created_at)}
            </Text>
          </div>
          <Badge variant="light" color={stateColor(round.state)} className="stays">
            {round.state === "closed" ? "decided" : "open"}
          </Badge>
        </Group>
      </Link>
    </li>
  );
}

export function RoundsPage({ project, mayRun }: { project: Project; mayRun: boolean }) {
  const rounds = useQuery(roundsQuery(project.id));
  return (
    <Page title="Rounds" about={<About project={project} />} actions={mayRun && rounds.data?.length ? <StartRound project={project} next={rounds.data.length + 1} /> : null}>
      {rounds.isPending ? <Waiting /> : null}
      {rounds.isError ? <Failed error={rounds.error} retry={() => void rounds.refetch()} /> : null}
      {rounds.data?.length === 0 ? (
        <Empty title="No round yet" action={mayRun ? <StartRound project={project} next={1} /> : null}>
          A round takes prompts through answers, judgments, a snapshot and training to a model that is compared with the one before.
        </Empty>
      ) : null}
      {rounds.data?.length ? (
        <ul className="plain-list">
          {[...rounds.data]
            .sort((a, b) => b.number - a.number)
            .map((round) => (
              <RoundRow key={round.id} project={project} round={round} />
            ))}
        </ul>
      ) : null}
    </Page>
  );
}
