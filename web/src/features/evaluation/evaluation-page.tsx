import { Badge, Group, Progress, Text } from "@mantine/core";
import { Link, useParams } from "react-router";
import { useProjectEvents } from "../../api/events";
import type { Evaluation, Project } from "../../api/types";
import { count, moment } from "../../shared/format";
import { Page } from "../../shared/page";
import { Section } from "../../shared/section";
import { Empty, Failed, Waiting } from "../../shared/states";
import { stateColor, stateName } from "../../shared/words";
import { FiguresTable } from "./figures-table";
import { PromotionPanel } from "./promotion-panel";
import { Transcripts } from "./transcripts";
import { useEvaluation } from "./use-evaluation";

function Blind({ evaluation }: { evaluation: Evaluation }) {
  if (evaluation.blind_wanted === 0) return null;
  const finished = evaluation.blind_done >= evaluation.blind_wanted;
  return (
    <div className="card">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          <b>Blind comparisons.</b> The judges see two answers without names, in an order drawn for each of them.
        </Text>
        <Text size="sm" c="dimmed">
          {finished ? "✓ " : ""}
          {count(evaluation.blind_done)} of {count(evaluation.blind_wanted)} judgments
        </Text>
      </Group>
      {finished ? null : <Progress mt={8} value={(100 * evaluation.blind_done) / evaluation.blind_wanted} aria-label="Blind comparisons judged" />}
    </div>
  );
}

function Content({ project, evaluation, mayPromote }: { project: Project; evaluation: Evaluation; mayPromote: boolean }) {
  const measured = evaluation.columns.length > 0 && evaluation.rows.length > 0;
  return (
    <>
      <Blind evaluation={evaluation} />
      <Section title="Figures">
        {measured ? (
          <FiguresTable project={project} evaluation={evaluation} />
        ) : (
          <Empty title="No figures yet">They appear as the models answer and their answers are measured.</Empty>
        )}
      </Section>
      <PromotionPanel project={project} evaluation={evaluation} mayPromote={mayPromote} />
      <Transcripts evaluation={evaluation} />
    </>
  );
}

export function EvaluationPage({ project, mayPromote }: { project: Project; mayPromote: boolean }) {
  const { evaluation: id } = useParams();
  const evaluation = useEvaluation(Number(id));
  useProjectEvents(project.id);
  const about = evaluation.data ? (
    <>
      <Badge component="span" size="sm" variant="light" color={stateColor(evaluation.data.state)} mr={8}>
        {stateName(evaluation.data.state)}
      </Badge>
      {moment(evaluation.data.created_at)} · <Link to={`/p/${project.id}/rounds/${evaluation.data.round_id}`}>its round</Link>
      {evaluation.data.verdict_source ? <> · measured by {evaluation.data.verdict_source}</> : null}
    </>
  ) : null;
  return (
    <Page title={`Evaluation ${id}`} about={about}>
      {evaluation.isPending ? <Waiting /> : null}
      {evaluation.isError && !evaluation.data ? <Failed error={evaluation.error} retry={() => void evaluation.refetch()} /> : null}
      {evaluation.data ? <Content key={evaluation.data.id} project={project} evaluation={evaluation.data} mayPromote={mayPromote} /> : null}
    </Page>
  );
}
