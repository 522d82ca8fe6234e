import { Button, Group, MultiSelect, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, ApiError, ifMatch } from "../../api/client";
import type { Fit, Project } from "../../api/types";
import { hazardName } from "../../shared/hazards";
import { judging, reviewing } from "../../shared/kinds";
import { NotSaved } from "../../shared/not-saved";
import { Failed, Waiting } from "../../shared/states";
import { domainOptions, kindOptions, languageOptions, sameSkills, skillsOf, type Option, type Skills } from "./fit";

type Props = { project: Project; person: number; close: () => void };

function pathOf({ project, person }: Props): string {
  return `/projects/${project.id}/members/${person}/fit`;
}

// Loads afresh each time it is opened.
export function SkillsForm(props: Props) {
  const path = pathOf(props);
  const fit = useQuery({ queryKey: ["fit", path], queryFn: () => api.tagged<Fit>(path), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  if (fit.isPending) return <Waiting />;
  if (fit.isError) return <Failed error={fit.error} retry={() => void fit.refetch()} />;
  // Theirs, when somebody else was quicker, begins the form anew.
  return <Fields key={fit.data.tag} {...props} fit={fit.data.value} tag={fit.data.tag} reload={() => void fit.refetch()} />;
}

type ChoiceProps = { label: string; all: string; options: Option[]; chosen: string[]; change: (chosen: string[]) => void; error: string | undefined };

function Choice({ label, all, options, chosen, change, error }: ChoiceProps) {
  return (
    <MultiSelect label={label} placeholder={chosen.length === 0 ? all : ""} data={options} value={chosen} onChange={change} error={error} searchable clearable
      clearButtonProps={{ "aria-label": `${label}: no limit` }} nothingFoundMessage="Nothing by this name" hidePickedOptions dir="auto" />
  );
}

function Consent({ hazards }: { hazards: string[] }) {
  return (
    <div>
      <p className="label">Hazardous work they consented to</p>
      <Text size="sm">{hazards.length === 0 ? "None" : hazards.map(hazardName).join(", ")}</Text>
      <Text size="xs" c="dimmed">Only they themselves can consent or take it back.</Text>
    </div>
  );
}

function Fields(props: Props & { fit: Fit; tag: string | null; reload: () => void }) {
  const { project, fit, tag, reload, close } = props;
  const before = skillsOf(fit);
  const [skills, setSkills] = useState(before);
  const save = useMutation({ mutationFn: (next: Skills) => api.put<Fit>(pathOf(props), next, ifMatch(tag)), onSuccess: close });
  const where = save.error instanceof ApiError ? (save.error.problem.where ?? "") : "";
  const errorAt = (field: keyof Skills) => (where.startsWith(`/${field}`) ? save.error?.message : undefined);
  const placed = errorAt("languages") ?? errorAt("domains") ?? errorAt("kinds");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(skills);
  };
  return (
    <form className="stack" onSubmit={submit}>
      {save.isError && !placed ? <NotSaved error={save.error} overtaken="Somebody else changed these skills in the meantime" see="Show theirs" reload={reload} /> : null}
      <Choice label="Languages" all="All languages" options={languageOptions(project.languages, before)} chosen={skills.languages} change={(languages) => setSkills({ ...skills, languages })} error={errorAt("languages")} />
      {project.domains.length + before.domains.length > 0 ? (
        <Choice label="Domains" all="All domains" options={domainOptions(project.domains, before)} chosen={skills.domains} change={(domains) => setSkills({ ...skills, domains })} error={errorAt("domains")} />
      ) : null}
      <Choice label="Kinds of work" all="All kinds" options={kindOptions([...judging, ...reviewing], before)} chosen={skills.kinds} change={(kinds) => setSkills({ ...skills, kinds: kinds as Skills["kinds"] })} error={errorAt("kinds")} />
      {project.policy.hazard_consent || fit.hazards.length > 0 ? <Consent hazards={fit.hazards} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>Cancel</Button>
        <Button type="submit" loading={save.isPending} disabled={sameSkills(skills, before)}>Save</Button>
      </Group>
    </form>
  );
}
