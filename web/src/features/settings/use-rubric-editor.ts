import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, isOvertaken } from "../../api/client";
import { latestOf, rubricsQuery } from "../../api/queries";
import type { Project, RubricVersion } from "../../api/types";
import { draftOf, nothing, rubricOf, sameRubric, type RubricDraft } from "./rubric";
import { useUnsaved } from "./use-unsaved";

// theirs: the version that somebody else saved while this one was written.
export type Editing = { draft: RubricDraft; base: RubricVersion | undefined; tag: string | null; theirs: RubricVersion | null };

// A new version from the latest. When somebody else was quicker, nothing is overwritten: theirs is shown
// below what was typed here, and the writer decides.
export function useRubricEditor(project: Project) {
  const client = useQueryClient();
  const path = `/projects/${project.id}/rubrics`;
  const [editing, keep] = useUnsaved<Editing>(["rubric", project.id]);
  const latest = async () => {
    const { items, tag } = await api.allTagged<RubricVersion>(path);
    return { version: latestOf(items), tag };
  };
  const finish = async () => {
    await client.invalidateQueries({ queryKey: rubricsQuery(project.id).queryKey });
    keep(null);
  };
  const begin = useMutation({
    mutationFn: latest,
    onSuccess: ({ version, tag }) => keep({ draft: draftOf(version ?? nothing), base: version, tag, theirs: null }),
  });
  const save = useMutation({
    mutationFn: ({ draft, tag }: Editing) => api.post<RubricVersion>(path, rubricOf(draft), ifMatch(tag)),
    onSuccess: finish,
    onError: async (error, sent) => {
      if (!isOvertaken(error)) return;
      const { version, tag } = await latest();
      // An answer that was lost on the way: it is one's own version.
      if (version && sameRubric(draftOf(version), sent.draft)) return finish();
      keep({ ...sent, tag, theirs: version ?? null });
    },
  });
  return {
    editing,
    begin,
    save,
    changed: editing !== null && !sameRubric(editing.draft, draftOf(editing.base ?? nothing)),
    change: (draft: RubricDraft) => {
      if (!editing) return;
      if (!save.isPending && save.isError) save.reset();
      keep({ ...editing, draft });
    },
    cancel: () => {
      save.reset();
      keep(null);
    },
  };
}
