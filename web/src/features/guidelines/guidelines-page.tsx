import { Button, NativeSelect, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { guidelinesQuery, latestOf } from "../../api/queries";
import type { GuidelineVersion, Project } from "../../api/types";
import { moment } from "../../shared/format";
import { Markdown } from "../../shared/markdown";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";
import { GuidelineEditor } from "./guideline-editor";

type PickerProps = { versions: GuidelineVersion[]; shown: number; show: (version: number) => void };

// Judgments say which version they followed; each can be read again.
function VersionPicker({ versions, shown, show }: PickerProps) {
  const options = [...versions].sort((a, b) => b.version - a.version).map(({ version, created_at }, place) => ({
    value: String(version),
    label: `Version ${version}, ${moment(created_at)}${place === 0 ? " (latest)" : ""}`,
  }));
  return <NativeSelect label="Version" mb="sm" w="100%" maw={360} data={options} value={String(shown)} onChange={(event) => show(Number(event.currentTarget.value))} />;
}

function Guideline({ versions, latest }: { versions: GuidelineVersion[]; latest: GuidelineVersion }) {
  const [chosen, choose] = useState<number | null>(null);
  const shown = versions.find(({ version }) => version === chosen) ?? latest;
  return (
    <>
      {versions.length > 1 ? <VersionPicker versions={versions} shown={shown.version} show={choose} /> : null}
      {shown.version === latest.version ? null : <Text size="sm" mb="sm" role="status">This is an earlier version. Work that is handed out now follows version {latest.version}.</Text>}
      <div className="card prose">
        <Markdown text={shown.markdown} />
      </div>
    </>
  );
}

export function GuidelinesPage({ project, mayEdit }: { project: Project; mayEdit: boolean }) {
  const query = useQuery(guidelinesQuery(project.id));
  const [editing, setEditing] = useState<{ markdown: string; tag: string | null } | null>(null);
  const begin = useMutation({
    mutationFn: () => api.allTagged<GuidelineVersion>(`/projects/${project.id}/guidelines`),
    onSuccess: ({ items, tag }) => setEditing({ markdown: latestOf(items)?.markdown ?? "", tag }),
  });
  const latest = latestOf(query.data);
  const edit = mayEdit && !editing ? <Button variant="default" size="xs" onClick={() => begin.mutate()} loading={begin.isPending}>Write a new version</Button> : null;
  return (
    <Page title="Guidelines" about={latest ? `Version ${latest.version}, since ${moment(latest.created_at)}` : null} actions={edit}>
      {query.isPending ? <Waiting /> : null}
      {query.isError ? <Failed error={query.error} retry={() => void query.refetch()} /> : null}
      {begin.isError ? <Failed error={begin.error} /> : null}
      {query.isSuccess && !latest && !editing ? <Empty title="No guidelines yet">A lead writes them; judgments then say which version they followed.</Empty> : null}
      {editing ? <GuidelineEditor project={project} base={editing} done={() => setEditing(null)} /> : null}
      {latest && !editing ? <Guideline versions={query.data ?? []} latest={latest} /> : null}
    </Page>
  );
}
