import { Button, Group } from "@mantine/core";
import type { MouseEvent, ReactNode } from "react";

type Props = { name: string; place: number; of: number; move: (by: -1 | 1) => void; remove: () => void; children: ReactNode };

// One entry of a list that is ordered by hand. The buttons keep the focus while the entry moves.
export function EntryFrame({ name, place, of, move, remove, children }: Props) {
  const mover = (by: -1 | 1, word: string) => {
    const atEnd = by === -1 ? place === 0 : place === of - 1;
    const press = (event: MouseEvent<HTMLButtonElement>) => {
      if (atEnd) return;
      const button = event.currentTarget;
      move(by);
      requestAnimationFrame(() => button.focus());
    };
    return (
      <Button size="compact-xs" variant="default" aria-disabled={atEnd} data-disabled={atEnd || undefined} onClick={press} aria-label={`Move ${name} ${word}, now ${place + 1} of ${of}`}>
        {by === -1 ? "↑" : "↓"}
      </Button>
    );
  };
  return (
    <li className="card entry" aria-label={name}>
      {children}
      <Group gap={6} justify="flex-end">
        {mover(-1, "up")}
        {mover(1, "down")}
        <Button size="compact-xs" variant="default" onClick={remove} aria-label={`Remove ${name}`}>Remove</Button>
      </Group>
    </li>
  );
}
