import { Group, Stack, Text, Textarea } from "@mantine/core";
import { useEffect, useRef } from "react";
import { plural, wordCount } from "../../shared/format";
import type { Work } from "./work";

type Props = { work: Work; change: (update: (before: Work) => Work) => void };

export function WriteEditor({ work, change }: Props) {
  const editor = useRef<HTMLTextAreaElement>(null);
  // Ready to type, except where that would open a keyboard on the screen.
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) editor.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section className="card" aria-label="Your answer">
      <Textarea ref={editor} label="Your answer" description="Write what you would send yourself." autosize minRows={8} maxRows={30} dir="auto"
        value={work.text} onChange={(event) => { const text = event.currentTarget.value; change((before) => ({ ...before, text })); }} />
      <Group justify="space-between" mt={6}>
        <Text size="xs" c="dimmed">
          {plural(wordCount(work.text), "word")}
        </Text>
        <Text size="xs" c="dimmed" className="only-keys">
          Esc leaves the text
        </Text>
      </Group>
    </section>
  );
}

export function WriteForm({ work, change }: Props) {
  return (
    <Stack gap="sm">
      <Text fw={600}>Write the ideal answer</Text>
      <Text size="sm" c="dimmed">
        The model learns from it as it stands. Leave a note for the reviewer when something is unsure.
      </Text>
      <Textarea label="Note for the reviewer" autosize minRows={2} dir="auto" value={work.note}
        onChange={(event) => { const note = event.currentTarget.value; change((before) => ({ ...before, note })); }} />
    </Stack>
  );
}
