import { Kbd } from "@mantine/core";

export function KeyHint({ label }: { label: string }) {
  return (
    <Kbd size="xs" className="key-hint" aria-hidden>
      {label}
    </Kbd>
  );
}
