import { Button, NativeSelect, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type List } from "../../api/client";
import type { RubricTemplate, RubricVersion } from "../../api/types";
import { Failed } from "../../shared/states";
import { draftOf, nothing, type Content, type RubricDraft } from "./rubric";

type Props = { current: RubricVersion | undefined; draft: RubricDraft; change: (draft: RubricDraft) => void };

// Puts another beginning in place of what stands in the editor, and brings that back on demand.
export function BeginFrom({ current, draft, change }: Props) {
  const templates = useQuery({ queryKey: ["rubric-templates"], queryFn: async () => (await api.get<List<RubricTemplate>>("/rubric-templates")).items, staleTime: Infinity });
  const [chosen, setChosen] = useState("current");
  const [before, setBefore] = useState<RubricDraft | null>(null);
  const contents: Record<string, Content> = { current: current ?? nothing, empty: nothing };
  for (const template of templates.data ?? []) contents[`template ${template.key}`] = template;
  const begin = () => {
    setBefore(draft);
    change(draftOf(contents[chosen] ?? nothing, draft.next));
  };
  const bringBack = () => {
    if (before) change(before);
    setBefore(null);
  };
  return (
    <div className="stack">
      <div className="form-row form-row-end">
        <NativeSelect label="Begin from" value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}
          data={[
            ...(current ? [{ value: "current", label: `Version ${current.version}, as it is` }] : []),
            ...(templates.data ?? []).map(({ key, label }) => ({ value: `template ${key}`, label })),
            { value: "empty", label: "An empty rubric" },
          ]} />
        <Button variant="default" onClick={begin}>Begin anew</Button>
      </div>
      {templates.isError ? <Failed error={templates.error} retry={() => void templates.refetch()} /> : null}
      {before ? (
        <Text size="sm" component="div" role="status">
          What stood here was replaced. <Button size="compact-xs" variant="default" onClick={bringBack}>Bring it back</Button>
        </Text>
      ) : null}
    </div>
  );
}
