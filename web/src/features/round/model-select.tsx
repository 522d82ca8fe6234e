import { NativeSelect } from "@mantine/core";
import type { Model } from "../../api/types";
import { objectiveShort } from "../../shared/words";

type Props = { label: string; description?: string; models: Model[]; value: string; change: (value: string) => void };

export function ModelSelect({ label, description, models, value, change }: Props) {
  return (
    <NativeSelect label={label} description={description} required value={value} onChange={(event) => change(event.currentTarget.value)}
      data={models.map((model) => ({ value: String(model.id), label: `${model.name} (${objectiveShort(model.objective)}${model.current ? ", current" : ""})` }))} />
  );
}
