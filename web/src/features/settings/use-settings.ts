import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, isOvertaken } from "../../api/client";
import { projectsQuery } from "../../api/session";
import type { Project } from "../../api/types";
import { useUnsaved } from "./use-unsaved";

// One form of a project's settings: how it begins, and how it is sent, with the tag of the project as it was read.
export type Settings<Form> = {
  name: string;
  formOf: (project: Project) => Form;
  same: (a: Form, b: Form) => boolean;
  put: (project: Project, form: Form) => Promise<unknown>;
};

// The form, and the settings that it began from.
type Open<Form> = { form: Form; base: Form };

export class Overtaken<Form> extends Error {
  constructor(readonly theirs: Form) {
    super("Somebody else changed these settings in the meantime.");
  }
}

// Saving looks first whether the settings are still those one began from, and overwrites nothing unseen.
async function send<Form>(id: number, { formOf, same, put }: Settings<Form>, { form, base }: Open<Form>) {
  const read = () => api.get<Project>(`/projects/${id}`);
  const project = await read();
  const now = formOf(project);
  if (!same(now, base) && !same(now, form)) throw new Overtaken(now);
  try {
    await put(project, form);
  } catch (error) {
    throw isOvertaken(error) ? new Overtaken(formOf(await read())) : error;
  }
}

export function useSettings<Form>(project: Project, settings: Settings<Form>) {
  const { name, formOf, same } = settings;
  const client = useQueryClient();
  const [typed, keep] = useUnsaved<Open<Form>>([name, project.id]);
  const open: Open<Form> = typed ?? { form: formOf(project), base: formOf(project) };
  const save = useMutation({
    mutationFn: async (now: Open<Form>) => {
      await send(project.id, settings, now);
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
    onSuccess: () => keep(null),
    onError: (error, { form }) => {
      if (error instanceof Overtaken) keep({ form, base: error.theirs as Form });
    },
  });
  return {
    form: open.form,
    changed: !same(open.form, open.base),
    change: (form: Form) => {
      if (!save.isPending) save.reset();
      keep(same(form, open.base) ? null : { ...open, form });
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
