import { Alert, Button, Group, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, isOvertaken } from "../../api/client";
import { guidelinesQuery, latestOf } from "../../api/queries";
import type { GuidelineVersion, Project } from "../../api/types";
import { Markdown } from "../../shared/markdown";

type Base = { markdown: string; tag: string | null };

// A new version from the latest. When somebody else was quicker, nothing is overwritten: theirs is shown
// beside what was typed here, and the writer decides.
export function GuidelineEditor({ project, base, done }: { project: Project; base: Base; done: () => void }) {
  const client = useQueryClient();
  const [text, setText] = useState(base.markdown);
  const [tag, setTag] = useState(base.tag);
  const [theirs, setTheirs] = useState<GuidelineVersion | null>(null);
  const save = useMutation({
    mutationFn: () => api.post<GuidelineVersion>(`/projects/${project.id}/guidelines`, { markdown: text }, ifMatch(tag)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: guidelinesQuery(project.id).queryKey });
      done();
    },
    onError: async (error) => {
      if (!isOvertaken(error)) return;
      const now = await api.allTagged<GuidelineVersion>(`/projects/${project.id}/guidelines`);
      setTheirs(latestOf(now.items) ?? null);
      setTag(now.tag);
    },
  });
  return (
    <div className="stack">
      {save.isError ? (
        <Alert color={theirs ? "yellow" : "red"} role="alert" title={theirs ? `Version ${theirs.version} was written in the meantime` : "Not saved"}>
          {theirs ? "Nothing is overwritten. It stands below what you typed; take over what belongs together, then save again." : save.error.message}
        </Alert>
      ) : null}
      <Textarea label="The next version, in Markdown" autosize minRows={14} maxRows={40} dir="auto" classNames={{ input: "mono" }} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <Group justify="flex-end">
        <Button variant="default" onClick={done}>Cancel</Button>
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={text.trim() === "" || text === base.markdown}>Save as a new version</Button>
      </Group>
      {theirs ? (
        <div className="card prose">
          <Markdown text={theirs.markdown} />
        </div>
      ) : null}
    </div>
  );
}
