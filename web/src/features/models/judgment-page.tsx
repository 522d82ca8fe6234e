import { Badge, Group, Text } from "@mantine/core";
import { Link, useParams } from "react-router";
import type { Project } from "../../api/types";
import { moment, plural } from "../../shared/format";
import { Hash } from "../../shared/hash";
import { Page } from "../../shared/page";
import { Section } from "../../shared/section";
import { Empty, Failed, Waiting } from "../../shared/states";
import { objectiveShort, words } from "../../shared/words";
import { useJudgmentLineage } from "./use-models";

export function JudgmentPage({ project }: { project: Project }) {
  const id = Number(useParams().judgment);
  const lineage = useJudgmentLineage(id);
  const found = lineage.data;
  return (
    <Page title={`Judgment ${id}`} about={found ? `${words(found.kind)}, task ${found.task_id}. What became of it:` : null}>
      {lineage.isPending ? <Waiting /> : null}
      {lineage.isError ? <Failed error={lineage.error} retry={() => void lineage.refetch()} /> : null}
      {found?.snapshots.length === 0 ? <Empty title="In no snapshot yet">Nothing has learned from this judgment so far.</Empty> : null}
      {found?.snapshots.length ? (
        <Section title={plural(found.snapshots.length, "snapshot")}>
          <ul className="plain-list">
            {found.snapshots.map((snapshot) => (
              <li key={snapshot.id} className="card">
                <Text fw={600}>
                  {snapshot.round_id === null ? `Snapshot ${snapshot.id}` : <Link to={`/p/${project.id}/rounds/${snapshot.round_id}`}>Snapshot {snapshot.id}</Link>}{" "}
                  <Hash value={snapshot.sha256} what={`snapshot ${snapshot.id}`} />
                </Text>
                <Text size="sm" c="dimmed">
                  {plural(snapshot.judgments, "judgment")} · {moment(snapshot.created_at)}
                </Text>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      {found?.models.length ? (
        <Section title={`${plural(found.models.length, "model")} with it inside`}>
          <ul className="card rows">
            {found.models.map((model) => (
              <li key={model.id}>
                <Group gap="xs" className="breaks">
                  <Link to={`/p/${project.id}/models/${model.id}`}>
                    <bdi>{model.name}</bdi>
                  </Link>
                  <Badge size="sm" variant="default" tt="none">
                    {objectiveShort(model.objective)}
                  </Badge>
                  {model.current ? <Badge size="sm">current</Badge> : null}
                  <Hash value={model.sha256} what={model.name} />
                </Group>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </Page>
  );
}
