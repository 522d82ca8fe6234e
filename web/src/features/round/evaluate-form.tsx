import { Checkbox, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { canWrite, modelsQuery } from "../../api/queries";
import { FigureInput } from "./figure-input";
import { JobForm, type FormProps } from "./job-form";
import { ModelSelect } from "./model-select";
import { parseSettings } from "./settings";

const labels = { blind_pairs: "Blind comparisons, each model", temperature: "Temperature", tokens_max: "Longest answer, in tokens", seed: "Seed" };

export function EvaluateForm({ project, round, close }: FormProps) {
  const models = (useQuery(modelsQuery(project.id)).data ?? []).filter(canWrite);
  const [baseline, setBaseline] = useState("");
  const [picked, setPicked] = useState<string[] | null>(null);
  const [typed, setTyped] = useState({ blind_pairs: "50", temperature: "", tokens_max: "", seed: "" });
  const base = baseline || String(round.model_before_id ?? project.current_model_id ?? models[0]?.id ?? "");
  const others = models.filter((model) => String(model.id) !== base);
  const made = round.runs.flatMap((run) => (run.model_id === null ? [] : [String(run.model_id)]));
  const chosen = (picked ?? made).filter((id) => others.some((model) => String(model.id) === id));
  const request = () => {
    if (chosen.length === 0) return { is: "wrong", reason: "Choose at least one model to compare with the baseline." } as const;
    const parsed = parseSettings(typed, labels);
    if (parsed.is === "wrong") return parsed;
    return { is: "ready", body: { model_ids: chosen.map(Number), baseline_model_id: Number(base), split: "evaluation", ...parsed.settings } } as const;
  };
  return (
    <JobForm round={round} close={close} kind="evaluate" label="Evaluate" request={request}>
      <ModelSelect label="Baseline" description="All others are compared with it." models={models} value={base} change={setBaseline} />
      <Checkbox.Group label="Models" value={chosen} onChange={setPicked}>
        <Stack gap={6} mt={6}>
          {others.map((model) => (
            <Checkbox key={model.id} value={String(model.id)} label={model.name} />
          ))}
        </Stack>
      </Checkbox.Group>
      <SimpleGrid cols={2} style={{ alignItems: "end" }}>
        {Object.entries(labels).map(([name, label]) => (
          <FigureInput key={name} label={label} value={typed[name as keyof typeof typed]} change={(value) => setTyped({ ...typed, [name]: value })} />
        ))}
      </SimpleGrid>
    </JobForm>
  );
}
