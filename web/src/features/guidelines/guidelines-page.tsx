import { Button } from "@mantine/core";
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

export function GuidelinesPage({ project, mayEdit }: { project: Project; mayEdit: boolean }) {
  const query = useQuery(guidelinesQuery(project.id));
  const [editing, setEditing] = useState<{ markdown: string; tag: string | null } | null>(null);
  const begin = useMutation({
    mutationFn: () => api.tagged<{ items: GuidelineVersion[] }>(`/projects/${project.id}/guidelines`),
    onSuccess: ({ value, tag }) => setEditing({ markdown: latestOf(value.items)?.markdown ?? "", tag }),
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
      {latest && !editing ? (
        <div className="card prose">
          <Markdown text={latest.markdown} />
        </div>
      ) : null}
    </Page>
  );
}
