import { TextInput } from "@mantine/core";

type Props = { label: string; description?: string; placeholder?: string; value: string; change: (value: string) => void };

export function FigureInput({ label, description, placeholder = "default", value, change }: Props) {
  return (
    <TextInput label={label} description={description} placeholder={placeholder} inputMode="decimal" autoComplete="off" value={value}
      onChange={(event) => change(event.currentTarget.value)} />
  );
}
