import { Badge, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { api } from "../../api/client";
import type { Evidence, Project } from "../../api/types";
import { EvidenceItem } from "../../shared/evidence-item";
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
  const tried = useQuery({ queryKey: ["evidence", "judgment", id], queryFn: () => api.get<{ evidence: Evidence[] }>(`/judgments/${id}/evidence`) });
  const found = lineage.data;
  return (
    <Page title={`Judgment ${id}`} about={found ? `${words(found.kind)}, task ${found.task_id}. What became of it:` : null}>
      {lineage.isPending ? <Waiting /> : null}
      {lineage.isError ? <Failed error={lineage.error} retry={() => void lineage.refetch()} /> : null}
      {tried.isError && !lineage.isError ? <Failed error={tried.error} retry={() => void tried.refetch()} /> : null}
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
      {tried.data && tried.data.evidence.length > 0 ? (
        <Section title="What was tried while judging">
          <ul className="plain-list">
            {tried.data.evidence.map((kept) => (
              <li key={kept.id} className="card">
                <EvidenceItem kept={kept} />
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
