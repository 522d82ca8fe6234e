import { Badge, Button, Group } from "@mantine/core";
import { Link, useParams } from "react-router";
import type { Project } from "../../api/types";
import { count, moment } from "../../shared/format";
import { ModelErasureMark } from "../../shared/erasure-mark";
import { Hash } from "../../shared/hash";
import { Page } from "../../shared/page";
import { Section } from "../../shared/section";
import { Failed, Waiting } from "../../shared/states";
import { objectiveName } from "../../shared/words";
import { LineageCard } from "./lineage-step";
import { useLineage, useModel } from "./use-models";

export function ModelPage({ project }: { project: Project }) {
  const id = Number(useParams().model);
  const model = useModel(id);
  const lineage = useLineage(id);
  const about = model.data ? (
    <>
      {objectiveName(model.data.objective)} · {count(model.data.parameters)} weights · since {moment(model.data.created_at)} ·{" "}
      <Hash value={model.data.sha256} what={model.data.name} />
    </>
  ) : null;
  const actions = model.data ? (
    <Group gap="sm">
      {model.data.current ? <Badge size="lg">current</Badge> : null}
      {model.data.objective === "reward" ? null : (
        <Button component={Link} variant="default" to={`/p/${project.id}/chat?model=${id}`}>
          Chat with it
        </Button>
      )}
    </Group>
  ) : null;
  return (
    <Page title={model.data?.name ?? "Model"} about={about} actions={actions}>
      {model.isPending ? <Waiting /> : null}
      {model.isError ? <Failed error={model.error} retry={() => void model.refetch()} /> : null}
      {model.data ? <ModelErasureMark project={project.id} model={id} /> : null}
      {model.data ? (
        <Section title="Where it comes from">
          {lineage.isPending ? <Waiting label="Loading the lineage" /> : null}
          {lineage.isError ? <Failed error={lineage.error} retry={() => void lineage.refetch()} /> : null}
          <ol className="lineage">
            {lineage.data?.map((step) => (
              <LineageCard key={step.model.id} project={project} step={step} />
            ))}
          </ol>
        </Section>
      ) : null}
    </Page>
  );
}
