import { Alert, Button, Group, Title } from "@mantine/core";
import { useRef, useState, type ReactNode } from "react";
import { EntryFrame } from "./entry-frame";
import { moved } from "./rubric";

type Entry = { id: number; key: string; keyTyped: boolean; label: string };
type Props<One extends Entry> = {
  title: string;
  what: string; // one of them, in a word
  list: One[];
  next: number; // the number that a new one gets
  problem: string | undefined;
  add: () => void;
  change: (list: One[]) => void;
  fields: (entry: One, place: number, fresh: boolean) => ReactNode;
};

export function EntryList<One extends Entry>({ title, what, list, next, problem, add, change, fields }: Props<One>) {
  const adder = useRef<HTMLButtonElement>(null);
  const [fresh, setFresh] = useState(0);
  const remove = (id: number) => {
    change(list.filter((entry) => entry.id !== id));
    adder.current?.focus();
  };
  return (
    <section className="stack" aria-label={title}>
      <Title order={3}>{title}</Title>
      {problem ? <Alert color="red" role="alert" py={8}>{problem}</Alert> : null}
      {list.length > 0 ? (
        <ol className="plain-list">
          {list.map((entry, place) => (
            <EntryFrame key={entry.id} name={entry.label.trim() || `${what} ${place + 1}`} place={place} of={list.length} move={(by) => change(moved(list, entry.id, by))} remove={() => remove(entry.id)}>
              {fields(entry, place, entry.id === fresh)}
            </EntryFrame>
          ))}
        </ol>
      ) : null}
      <Group>
        <Button ref={adder} variant="light" size="xs" onClick={() => { setFresh(next); add(); }}>
          Add a {what}
        </Button>
      </Group>
    </section>
  );
}
