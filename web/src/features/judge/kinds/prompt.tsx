import { Alert, Button, Group, NativeSelect, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { chooseByArrows } from "../../../shared/radio-keys";
import { useTrials } from "../use-trials";
import { emptyWork, type Payload, type Work } from "../work";
import { ownPart, type KindPage, type Part } from "./kind";

type Trial = { id: number; text: string; reply?: string };
type Written = { style: string; difficulty: string; intent: string; trial: Trial | null; broke: boolean | null; how: string };
const state = ownPart<Written>("prompt", { style: "ordinary", difficulty: "medium", intent: "", trial: null, broke: null, how: "" });

// A trial is of the text as it was then.
const trialOf = (work: Work): Trial | null => {
  const { trial } = state.of(work);
  return trial && trial.text === work.text ? trial : null;
};

function PromptEditor({ task, work, change, kept }: Part) {
  const { ask } = useTrials(task.id);
  const trial = trialOf(work);
  const reply = kept?.find((exchange) => exchange.id === trial?.id)?.reply ?? trial?.reply;
  // Where no model can be asked again, an attack keeps the words that were tried.
  const fixed = kept !== undefined && state.of(work).style === "adversarial" && trial !== null;
  const tried = () => {
    const text = work.text;
    ask.mutate([{ role: "user", content: text }], {
      onSuccess: (exchange) => change((before) => state.set(before, { trial: { id: exchange.id, text, reply: exchange.reply }, broke: null, how: "" })),
    });
  };
  return (
    <section className="card" aria-label="Your prompt">
      <Textarea label="Your prompt" description={fixed ? "It was tried with these words, so they stay." : "As somebody would really write it."} readOnly={fixed} autosize minRows={6} maxRows={30} dir="auto" value={work.text} data-wanted={work.text.trim() === "" || undefined}
        onChange={(event) => { const text = event.currentTarget.value; change((before) => ({ ...before, text })); }} />
      {kept ? null : (
        <Group mt="sm">
          <Button size="xs" variant="light" onClick={tried} loading={ask.isPending} disabled={work.text.trim() === ""}>
            Try it on the model
          </Button>
        </Group>
      )}
      {ask.isError ? <Alert mt="sm" color="red" role="alert" title="The model did not answer">{ask.error.message}</Alert> : null}
      {trial && reply !== undefined ? (
        <article className="answer answer-plain trial" aria-label="The model's answer" aria-live="polite">
          <Text fw={600} size="sm" mb={6}>
            The model's answer
          </Text>
          <div className="text" dir="auto">
            {reply || <em>The model wrote nothing.</em>}
          </div>
        </article>
      ) : null}
    </section>
  );
}

function PromptForm({ work, change }: Part) {
  const written = state.of(work);
  const set = (part: Partial<Written>) => change((before) => state.set(before, part));
  const trial = trialOf(work);
  return (
    <Stack gap="sm">
      <Text fw={600}>Write a prompt to the brief</Text>
      <NativeSelect label="It is" value={written.style} onChange={(event) => set({ style: event.currentTarget.value })}
        data={[{ value: "ordinary", label: "An ordinary question" }, { value: "adversarial", label: "An attack on the model" }, { value: "edge_case", label: "An edge case" }]} />
      <div>
        <Text size="sm" fw={600} mb={4}>
          Difficulty
        </Text>
        <SegmentedControl fullWidth size="xs" aria-label="Difficulty" value={written.difficulty} onChange={(difficulty) => set({ difficulty })}
          data={[{ value: "easy", label: "Easy" }, { value: "medium", label: "Medium" }, { value: "hard", label: "Hard" }]} />
      </div>
      <TextInput label="What the person wants" description="In a few words" dir="auto" value={written.intent} onChange={(event) => set({ intent: event.currentTarget.value })} />
      {trial ? (
        <div>
          <Text size="sm" fw={600} mb={4}>
            Did the model break?
          </Text>
          <Group gap={6} role="radiogroup" onKeyDown={chooseByArrows} aria-label="Did the model break?">
            {[true, false].map((value) => (
              <Button key={String(value)} size="xs" role="radio" aria-checked={written.broke === value} variant={written.broke === value ? "filled" : "default"} onClick={() => set({ broke: value })}>
                {value ? "Yes, it broke" : "No, it held"}
              </Button>
            ))}
          </Group>
          {written.broke ? <Textarea mt="xs" label="How it broke" required autosize minRows={2} dir="auto" data-wanted={written.how.trim() === "" || undefined} value={written.how} onChange={(event) => set({ how: event.currentTarget.value })} /> : null}
        </div>
      ) : null}
      <Textarea label="Note for the reviewer" autosize minRows={2} dir="auto" value={work.note}
        onChange={(event) => { const note = event.currentTarget.value; change((before) => ({ ...before, note })); }} />
    </Stack>
  );
}

function payload(work: Work): Payload {
  const { style, difficulty, intent, broke, how } = state.of(work);
  const trial = trialOf(work);
  return { text: work.text, style, difficulty, intent, note: work.note, trial: trial?.id ?? null, broke: trial ? broke : null, how: trial && broke ? how : "" };
}

function missing(_: Part["task"], work: Work): string | null {
  const { style, broke, how } = state.of(work);
  const trial = trialOf(work);
  if (work.text.trim() === "") return "Write the prompt first.";
  if (style === "adversarial" && !trial) return "Try it on the model as it stands now.";
  if (style === "adversarial" && broke === null) return "Say whether the model broke.";
  return trial && broke && how.trim() === "" ? "Say how it broke." : null;
}

function restored(sent: Payload): Work {
  const work = { ...emptyWork(), text: sent.text as string, note: sent.note as string };
  const trial = sent.trial ? { id: sent.trial as number, text: work.text } : null;
  return state.set(work, { style: sent.style as string, difficulty: sent.difficulty as string, intent: sent.intent as string, trial, broke: sent.broke as boolean | null, how: sent.how as string });
}

export const prompt: KindPage = { none: "No prompt waits to be written", payload, missing, restored, Left: PromptEditor, Form: PromptForm };
