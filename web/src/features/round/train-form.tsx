import { Checkbox, NativeSelect, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { canWrite, modelsQuery } from "../../api/queries";
import { FigureInput } from "./figure-input";
import { JobForm, type FormProps } from "./job-form";
import { ModelSelect } from "./model-select";
import { parseSettings } from "./settings";

type Objective = "sft" | "reward" | "dpo";
const shared = { learning_rate: "Learning rate", epochs: "Epochs", steps: "Steps", batch_examples: "Examples in a batch", lora_rank: "Adapter rank" };
const labelsOf: Record<Objective, Record<string, string>> = { sft: shared, reward: shared, dpo: { ...shared, beta: "Beta" } };

export function TrainForm({ project, round, close }: FormProps) {
  const models = (useQuery(modelsQuery(project.id)).data ?? []).filter(canWrite);
  const snapshots = [...round.snapshots].sort((a, b) => b.id - a.id);
  const [objective, setObjective] = useState<Objective>("sft");
  const [model, setModel] = useState("");
  const [snapshot, setSnapshot] = useState("");
  const [name, setName] = useState("");
  const [seed, setSeed] = useState("");
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [shuffle, setShuffle] = useState(false);
  const base = model || String(round.model_before_id ?? project.current_model_id ?? models[0]?.id ?? "");
  const labels = labelsOf[objective];
  const request = () => {
    const chosen = snapshot || String(snapshots[0]?.id ?? "");
    if (!chosen) return { is: "wrong", reason: "Take a snapshot first: training learns from one." } as const;
    const own = Object.fromEntries(Object.entries(typed).filter(([key]) => key in labels));
    const settings = parseSettings(own, labels);
    if (settings.is === "wrong") return settings;
    const seeds = parseSettings({ seed }, { seed: "Seed" });
    if (seeds.is === "wrong") return seeds;
    const body = { objective, base_model_id: Number(base), snapshot_id: Number(chosen), name: name.trim(), settings: settings.settings, ...seeds.settings, shuffle_labels: shuffle && objective !== "sft" };
    return { is: "ready", body } as const;
  };
  return (
    <JobForm round={round} close={close} kind="train" label="Train" request={request}>
      <TextInput label="Name of the new model" required maxLength={100} dir="auto" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <NativeSelect label="Objective" value={objective} onChange={(event) => setObjective(event.currentTarget.value as Objective)}
        data={[{ value: "sft", label: "Fine-tuning on written answers (SFT)" }, { value: "dpo", label: "Preference training (DPO)" }, { value: "reward", label: "Reward model" }]} />
      <ModelSelect label="Starts from" models={models} value={base} change={setModel} />
      {snapshots.length > 0 ? (
        <NativeSelect label="Snapshot" value={snapshot} onChange={(event) => setSnapshot(event.currentTarget.value)}
          data={snapshots.map((entry) => ({ value: String(entry.id), label: `Snapshot ${entry.id}, ${entry.judgments} judgments` }))} />
      ) : (
        <Text size="sm" className="worse">
          There is no snapshot in this round yet.
        </Text>
      )}
      <SimpleGrid cols={2} style={{ alignItems: "end" }}>
        {Object.entries(labels).map(([key, label]) => (
          <FigureInput key={key} label={label} placeholder={key === "lora_rank" ? "whole model" : undefined} value={typed[key] ?? ""} change={(value) => setTyped({ ...typed, [key]: value })} />
        ))}
        <FigureInput label="Seed" value={seed} change={setSeed} />
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        With an adapter rank (LoRA; 16 is usual) few weights learn and the model’s own stay: less memory, quicker steps.
      </Text>
      {objective === "sft" ? null : (
        <Checkbox label="Shuffle the labels" description="A placebo: the same data with its choices drawn by lot. A model that still gets better did not learn it from the judgments."
          checked={shuffle} onChange={(event) => setShuffle(event.currentTarget.checked)} />
      )}
    </JobForm>
  );
}
