import { Button, Checkbox, Group, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, ifMatch } from "../../api/client";
import type { Consent, Fit, Project } from "../../api/types";
import { hazardAbout, hazardName, hazards } from "../../shared/hazards";
import { kindName } from "../../shared/kinds";
import { NotSaved } from "../../shared/not-saved";
import { Failed, Waiting } from "../../shared/states";
import { languageName } from "../../shared/words";

type Props = { project: Project; saved: () => void; close: () => void };

// What a lead chose for the person, and what only they themselves decide. Loads afresh each time it is opened.
export function FitPanel({ project, saved, close }: Props) {
  const path = `/projects/${project.id}/my/fit`;
  const fit = useQuery({ queryKey: ["fit", path], queryFn: () => api.tagged<Fit>(path), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  if (fit.isPending) return <Waiting />;
  if (fit.isError) return <Failed error={fit.error} retry={() => void fit.refetch()} />;
  return (
    <div className="stack">
      <Skills fit={fit.data.value} />
      {project.policy.hazard_consent ? <ConsentForm key={fit.data.tag} project={project} before={fit.data.value.hazards} tag={fit.data.tag} reload={() => void fit.refetch()} saved={saved} close={close} /> : null}
    </div>
  );
}

function Skills({ fit }: { fit: Fit }) {
  const lists = [
    { label: "Languages", all: "All", names: fit.languages.map(languageName) },
    { label: "Domains", all: "All", names: fit.domains },
    { label: "Kinds of work", all: "All that your role allows", names: fit.kinds.map(kindName) },
  ];
  return (
    <div>
      <dl className="facts">
        {lists.map(({ label, all, names }) => (
          <div key={label} className="fact">
            <dt>{label}</dt>
            <dd dir="auto">{names.length === 0 ? all : names.join(", ")}</dd>
          </div>
        ))}
      </dl>
      <Text size="sm" c="dimmed" mt="xs">A lead sets these. Tell them when something does not fit.</Text>
    </div>
  );
}

type Hazards = Consent["hazards"];

function same(a: Hazards, b: Hazards): boolean {
  return a.length === b.length && a.every((hazard) => b.includes(hazard));
}

function ConsentForm({ project, before, tag, reload, saved, close }: Props & { before: Hazards; tag: string | null; reload: () => void }) {
  const [chosen, setChosen] = useState(before);
  const save = useMutation({ mutationFn: (next: Hazards) => api.put<Fit>(`/projects/${project.id}/my/consent`, { hazards: next }, ifMatch(tag)), onSuccess: saved });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(chosen);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Checkbox.Group label="Hazardous work you consent to" description="Some texts are hard to read. You get such work only where you ticked what it is about, and you can take that back at any time. The task in your hands stays; you can skip it."
        value={chosen} onChange={(next) => setChosen(next as Hazards)}>
        <div className="hazards">
          {hazards.map((hazard) => (
            <Checkbox key={hazard} value={hazard} label={hazardName(hazard)} description={hazardAbout(hazard)} />
          ))}
        </div>
      </Checkbox.Group>
      {save.isError ? <NotSaved error={save.error} overtaken="You changed this in another window" see="Show it" reload={reload} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>Cancel</Button>
        <Button type="submit" loading={save.isPending} disabled={same(chosen, before)}>Save</Button>
      </Group>
    </form>
  );
}
