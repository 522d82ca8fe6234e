import { NativeSelect, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { canWrite, modelsQuery } from "../../api/queries";
import { FigureInput } from "./figure-input";
import { JobForm, type FormProps } from "./job-form";
import { ModelSelect } from "./model-select";
import { parseSettings } from "./settings";

const labels = { samples: "Answers to each prompt", temperature: "Temperature", top_p: "Top p", tokens_max: "Longest answer, in tokens", seed: "Seed" };

export function GenerateForm({ project, round, close }: FormProps) {
  const models = (useQuery(modelsQuery(project.id)).data ?? []).filter(canWrite);
  const [model, setModel] = useState("");
  const [split, setSplit] = useState("train");
  const [typed, setTyped] = useState({ samples: "2", temperature: "", top_p: "", tokens_max: "", seed: "" });
  const chosen = model || String(round.model_before_id ?? project.current_model_id ?? models[0]?.id ?? "");
  const request = () => {
    if (!chosen) return { is: "wrong", reason: "The project has no model yet; import one with preceptor model import." } as const;
    const parsed = parseSettings(typed, labels);
    if (parsed.is === "wrong") return parsed;
    return { is: "ready", body: { model_id: Number(chosen), split, ...parsed.settings } } as const;
  };
  return (
    <JobForm round={round} close={close} kind="generate" label="Generate" request={request}>
      <ModelSelect label="Model" models={models} value={chosen} change={setModel} />
      <NativeSelect label="Prompts" value={split} onChange={(event) => setSplit(event.currentTarget.value)}
        data={[{ value: "train", label: "Training prompts" }, { value: "evaluation", label: "Evaluation prompts" }, { value: "gold", label: "Prompts of golds" }]} />
      <SimpleGrid cols={2} style={{ alignItems: "end" }}>
        {Object.entries(labels).map(([name, label]) => (
          <FigureInput key={name} label={label} value={typed[name as keyof typeof typed]} change={(value) => setTyped({ ...typed, [name]: value })} />
        ))}
      </SimpleGrid>
    </JobForm>
  );
}
