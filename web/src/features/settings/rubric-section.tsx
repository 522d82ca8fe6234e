import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { latestOf, rubricsQuery } from "../../api/queries";
import type { Project } from "../../api/types";
import { moment } from "../../shared/format";
import { Section } from "../../shared/section";
import { Failed, Waiting } from "../../shared/states";
import { RubricEditor } from "./rubric-editor";
import { RubricView } from "./rubric-view";
import { useRubricEditor } from "./use-rubric-editor";

export function RubricSection({ project }: { project: Project }) {
  const rubrics = useQuery(rubricsQuery(project.id));
  const editor = useRubricEditor(project);
  const { editing, begin } = editor;
  const latest = latestOf(rubrics.data);
  const write = <Button variant="default" size="xs" onClick={() => begin.mutate()} loading={begin.isPending}>Write a new version</Button>;
  return (
    <Section title="Rubric" actions={editing ? null : write}>
      <Text size="sm" c="dimmed" mb="sm" role="status">
        {editing ? "The next version. Work that is done keeps the version it was done with." : latest ? `Version ${latest.version}, since ${moment(latest.created_at)}` : ""}
      </Text>
      {begin.isError ? <Failed error={begin.error} /> : null}
      {editing ? <RubricEditor editor={editor} editing={editing} /> : null}
      {!editing && rubrics.isPending ? <Waiting /> : null}
      {!editing && rubrics.isError ? <Failed error={rubrics.error} retry={() => void rubrics.refetch()} /> : null}
      {!editing && latest ? <RubricView rubric={latest} /> : null}
    </Section>
  );
}
