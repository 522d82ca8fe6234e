import { Stack, Text, Textarea } from "@mantine/core";
import { plural, wordCount } from "../../shared/format";
import type { Work } from "./work";

type Props = { work: Work; change: (update: (before: Work) => Work) => void };

export function WriteEditor({ work, change }: Props) {
  return (
    <section className="card" aria-label="Your answer">
      <Textarea label="Your answer" description="Write what you would send yourself." autosize minRows={8} maxRows={30} dir="auto" data-autofocus
        value={work.text} onChange={(event) => { const text = event.currentTarget.value; change((before) => ({ ...before, text })); }} />
      <Text size="xs" c="dimmed" mt={6} aria-live="polite">
        {plural(wordCount(work.text), "word")}
      </Text>
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
