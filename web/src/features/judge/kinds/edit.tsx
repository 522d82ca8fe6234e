import { Checkbox, Stack, Text, Textarea } from "@mantine/core";
import { emptyWork, type Work } from "../work";
import { ownPart, type KindPage, type Part } from "./kind";

const state = ownPart<{ text: string | null; good: boolean }>("edit", { text: null, good: false });

function textOf(work: Work, original: string): string {
  return state.of(work).text ?? original;
}

function EditEditor({ task, work, change }: Part) {
  const original = task.responses[0]?.text ?? "";
  return (
    <>
      <article className="answer" aria-label="Answer">
        <Text fw={600} size="sm" mb={8}>
          Answer as it was
        </Text>
        <div className="text" dir="auto">
          {original}
        </div>
      </article>
      <section className="card" aria-label="Your version">
        <Textarea label="Your version" description="Put right what is wrong and leave the rest as it is." autosize minRows={8} maxRows={30} dir="auto"
          value={textOf(work, original)} data-wanted={!state.of(work).good || undefined} disabled={state.of(work).good}
          onChange={(event) => { const text = event.currentTarget.value; change((before) => state.set(before, { text })); }} />
      </section>
    </>
  );
}

function EditForm({ work, change }: Part) {
  return (
    <Stack gap="sm">
      <Text fw={600}>Put this answer right</Text>
      <Text size="sm" c="dimmed">
        Your version stands beside the old one, and the model learns the difference word by word.
      </Text>
      <Checkbox label="It is good as it is" checked={state.of(work).good}
        onChange={(event) => { const good = event.currentTarget.checked; change((before) => state.set(before, { good, text: good ? null : state.of(before).text })); }} />
      <Textarea label="Note for the reviewer" autosize minRows={2} dir="auto" value={work.note}
        onChange={(event) => { const note = event.currentTarget.value; change((before) => ({ ...before, note })); }} />
    </Stack>
  );
}

export const edit: KindPage = {
  none: "No answer waits to be put right",
  payload: (work, task) => ({ text: textOf(work, task.responses[0]?.text ?? ""), good_as_is: state.of(work).good, note: work.note }),
  missing: (task, work) => {
    const original = task.responses[0]?.text ?? "";
    const text = textOf(work, original);
    if (state.of(work).good) return null;
    if (text.trim() === "") return "Write your version first.";
    return text === original ? "Change what is wrong, or say that it is good as it is." : null;
  },
  restored: (sent) => state.set({ ...emptyWork(), note: sent.note as string }, { text: sent.good_as_is ? null : (sent.text as string), good: sent.good_as_is as boolean }),
  Left: EditEditor,
  Form: EditForm,
};
