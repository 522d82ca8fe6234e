import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { projectsQuery } from "../../api/session";
import type { Project, WorkPolicy } from "../../api/types";
import { policyForm, policyOf, samePolicy, type PolicyForm } from "./policy";
import { useUnsaved } from "./use-unsaved";

// The form, and the settings that it began from.
type Open = { form: PolicyForm; base: PolicyForm };

export class Overtaken extends Error {
  constructor(readonly theirs: PolicyForm) {
    super("Somebody else changed these settings in the meantime.");
  }
}

// Saving looks first whether the settings are still those one began from, and overwrites nothing unseen.
export function usePolicy(project: Project) {
  const client = useQueryClient();
  const [typed, keep] = useUnsaved<Open>(["policy", project.id]);
  const open: Open = typed ?? { form: policyForm(project.policy), base: policyForm(project.policy) };
  const save = useMutation({
    mutationFn: async ({ form, base }: Open) => {
      const now = policyForm((await api.get<Project>(`/projects/${project.id}`)).policy);
      if (!samePolicy(now, base) && !samePolicy(now, form)) throw new Overtaken(now);
      await api.put<WorkPolicy>(`/projects/${project.id}/policy`, policyOf(form));
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
    onSuccess: () => keep(null),
    onError: (error, { form }) => {
      if (error instanceof Overtaken) keep({ form, base: error.theirs });
    },
  });
  return {
    form: open.form,
    changed: !samePolicy(open.form, open.base),
    change: (form: PolicyForm) => {
      if (!save.isPending) save.reset();
      keep(samePolicy(form, open.base) ? null : { ...open, form });
    },
    undo: () => {
      save.reset();
      keep(null);
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
    save: () => save.mutate(open),
    saving: save.isPending,
    saved: save.isSuccess,
    error: save.error,
  };
}
