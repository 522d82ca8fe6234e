import { Group, Stack, Text, Textarea } from "@mantine/core";
import { useEffect, useRef } from "react";
import { plural, wordCount } from "../../../shared/format";
import { emptyWork, type Payload, type Work } from "../work";
import type { KindPage, Part } from "./kind";

function WriteEditor({ work, change }: Part) {
  const editor = useRef<HTMLTextAreaElement>(null);
  // Ready to type, except where that would open a keyboard on the screen.
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) editor.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section className="card" aria-label="Your answer">
      <Textarea ref={editor} label="Your answer" description="Write what you would send yourself." autosize minRows={8} maxRows={30} dir="auto"
        value={work.text} data-wanted={work.text.trim() === "" || undefined} onChange={(event) => { const text = event.currentTarget.value; change((before) => ({ ...before, text })); }} />
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

function WriteForm({ work, change }: Part) {
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

export const write: KindPage = {
  none: "No answer waits to be written",
  payload: (work: Work): Payload => ({ text: work.text, note: work.note }),
  missing: (_, work) => (work.text.trim() === "" ? "Write the answer first." : null),
  restored: (sent) => ({ ...emptyWork(), text: sent.text as string, note: sent.note as string }),
  Left: WriteEditor,
  Form: WriteForm,
};
