import { Alert, Button, Group, MultiSelect } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, ApiError } from "../api/client";
import type { Fit, Project } from "../api/types";
import { domainOptions, kindOptions, languageOptions, sameFit, type Option } from "./fit";
import { HazardChoice, HazardList } from "./hazard-fields";
import { Failed, Waiting } from "./states";

// Of oneself, or of somebody else.
type Whose = "own" | "other";
type Props = { project: Project; path: string; whose: Whose; kinds: string[]; saved: () => void; close: () => void };

// Loads afresh each time it is opened.
export function FitForm(props: Props) {
  const fit = useQuery({ queryKey: ["fit", props.path], queryFn: () => api.get<Fit>(props.path), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  if (fit.isPending) return <Waiting />;
  if (fit.isError) return <Failed error={fit.error} retry={() => void fit.refetch()} />;
  return <Fields {...props} before={fit.data} />;
}

type ChoiceProps = { label: string; all: string; options: Option[]; chosen: string[]; change: (chosen: string[]) => void; error: string | undefined };

function Choice({ label, all, options, chosen, change, error }: ChoiceProps) {
  return (
    <MultiSelect label={label} placeholder={chosen.length === 0 ? all : ""} data={options} value={chosen} onChange={change} error={error} searchable clearable
      clearButtonProps={{ "aria-label": `${label}: no limit` }} nothingFoundMessage="Nothing by this name" hidePickedOptions dir="auto" />
  );
}

function useSave({ path, whose, saved }: Props) {
  return useMutation({
    mutationFn: async (fit: Fit) => {
      // What somebody else consents to goes back as it stands now.
      const hazards = whose === "own" ? fit.hazards : (await api.get<Fit>(path)).hazards;
      return api.put<Fit>(path, { ...fit, hazards });
    },
    onSuccess: saved,
  });
}

function Fields(props: Props & { before: Fit }) {
  const { project, whose, kinds, before, close } = props;
  const [fit, setFit] = useState(before);
  const save = useSave(props);
  const where = save.error instanceof ApiError ? (save.error.problem.where ?? "") : "";
  const errorAt = (field: keyof Fit) => (where.startsWith(`/${field}`) ? save.error?.message : undefined);
  const placed = (["languages", "domains", "kinds"] as const).some(errorAt) || (whose === "own" && project.policy.hazard_consent && errorAt("hazards"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(fit);
  };
  return (
    <form className="stack" onSubmit={submit}>
      {save.isError && !placed ? <Alert color="red" role="alert">{save.error.message}</Alert> : null}
      <Choice label="Languages" all="All languages" options={languageOptions(project.languages, before)} chosen={fit.languages} change={(languages) => setFit({ ...fit, languages })} error={errorAt("languages")} />
      {project.domains.length + before.domains.length > 0 ? (
        <Choice label="Domains" all="All domains" options={domainOptions(project.domains, before)} chosen={fit.domains} change={(domains) => setFit({ ...fit, domains })} error={errorAt("domains")} />
      ) : null}
      <Choice label="Kinds of work" all="All kinds" options={kindOptions(kinds, before)} chosen={fit.kinds} change={(chosen) => setFit({ ...fit, kinds: chosen as Fit["kinds"] })} error={errorAt("kinds")} />
      {whose === "own" && project.policy.hazard_consent ? <HazardChoice chosen={fit.hazards} change={(chosen) => setFit({ ...fit, hazards: chosen as Fit["hazards"] })} error={errorAt("hazards")} /> : null}
      {whose === "other" && (project.policy.hazard_consent || before.hazards.length > 0) ? <HazardList chosen={before.hazards} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>Cancel</Button>
        <Button type="submit" loading={save.isPending} disabled={sameFit(fit, before)}>Save</Button>
      </Group>
    </form>
  );
}
