import { Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useGlobalKeys } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { codePoints, codePointsBefore, pieces, slicePoints } from "../code-points";
import { emptyWork } from "../work";
import { ownPart, type KindPage, type Part } from "./kind";

export type Span = { start: number; end: number; category: string; note: string };
const state = ownPart<{ spans: Span[]; clean: boolean }>("spans", { spans: [], clean: false });

const categories: { value: string; label: string }[] = [
  { value: "evident_conflict", label: "Contradicts the prompt or a source, plainly" },
  { value: "subtle_conflict", label: "Contradicts the prompt or a source, subtly" },
  { value: "evident_baseless", label: "Made up, plainly" },
  { value: "subtle_baseless", label: "Made up, but sounds right" },
  { value: "factual_error", label: "Factual error" },
  { value: "reasoning_error", label: "Error of reasoning" },
  { value: "wrong_figure", label: "Wrong figure or calculation" },
  { value: "instruction_missed", label: "Misses the instruction" },
  { value: "unsafe", label: "Unsafe" },
  { value: "irrelevant", label: "Beside the point" },
  { value: "repetition", label: "Repetition" },
  { value: "unclear_wording", label: "Unclear wording" },
  { value: "wrong_tone", label: "Wrong tone" },
];
const labelOf = (category: string) => categories.find(({ value }) => value === category)?.label ?? category;

// Where the selection lies in the text of the box, in code points; null when it is empty or elsewhere.
export function selectedRange(box: HTMLElement | null, text: string): { start: number; end: number } | null {
  const selection = window.getSelection();
  if (!box || !selection || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (range.collapsed || !box.contains(range.startContainer) || !box.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(box);
  before.setEnd(range.startContainer, range.startOffset);
  const units = before.toString().length;
  const start = codePointsBefore(text, units);
  return { start, end: Math.max(start + 1, codePointsBefore(text, units + range.toString().length)) };
}

function MarkedAnswer({ task, work, change }: Part) {
  const text = task.responses[0]?.text ?? "";
  const box = useRef<HTMLDivElement>(null);
  const [category, setCategory] = useState("subtle_baseless");
  const [wanted, setWanted] = useState("");
  const [problem, setProblem] = useState("");
  const { spans } = state.of(work);
  const add = (start: number, end: number) => {
    const same = spans.some((span) => span.start === start && span.end === end && span.category === category);
    setProblem(same ? "This passage is marked with this already." : "");
    if (!same) change((before) => state.set(before, { clean: false, spans: [...state.of(before).spans, { start, end, category, note: "" }] }));
  };
  const mark = () => {
    const range = selectedRange(box.current, text);
    if (range) return add(range.start, range.end);
    const at = wanted === "" ? -1 : text.indexOf(wanted);
    if (at < 0) return setProblem(wanted === "" ? "Select a passage of the answer, or type its words." : "These words do not stand in the answer.");
    const start = codePointsBefore(text, at);
    add(start, start + codePoints(wanted));
    setWanted("");
  };
  useGlobalKeys({ m: mark });
  return (
    <article className="answer" aria-label="Answer">
      <Text fw={600} size="sm" mb={8}>
        Answer
      </Text>
      <div className="text" dir="auto" ref={box}>
        {pieces(text, spans).map((piece, place) =>
          piece.marks.length > 0 ? (
            <mark key={place} className="span-mark" title={piece.marks.map((span) => labelOf(span.category)).join(", ")}>
              {piece.text}
            </mark>
          ) : (
            <span key={place}>{piece.text}</span>
          ),
        )}
      </div>
      <Group mt="md" align="end" gap="sm">
        <NativeSelect label="What is wrong" size="xs" data={categories} value={category} onChange={(event) => setCategory(event.currentTarget.value)} />
        <TextInput label="Words to mark" description="Instead of selecting them" size="xs" value={wanted} onChange={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={(event) => { if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); mark(); } }} />
        <Button size="xs" variant="light" onMouseDown={(event) => event.preventDefault()} onClick={mark}>
          Mark <KeyHint label="m" />
        </Button>
      </Group>
      {problem ? (
        <Text size="sm" c="red" role="alert" mt={6}>
          {problem}
        </Text>
      ) : null}
    </article>
  );
}

function SpansForm({ task, work, change }: Part) {
  const text = task.responses[0]?.text ?? "";
  const { spans, clean } = state.of(work);
  const update = (place: number, note: string) =>
    change((before) => state.set(before, { spans: state.of(before).spans.map((span, at) => (at === place ? { ...span, note } : span)) }));
  const remove = (place: number) => change((before) => state.set(before, { spans: state.of(before).spans.filter((_, at) => at !== place) }));
  const nothing = () => change((before) => state.set(before, { spans: [], clean: !state.of(before).clean }));
  useGlobalKeys({ "0": nothing });
  return (
    <Stack gap="sm">
      <Text fw={600}>Mark each passage that is wrong</Text>
      <Stack component="ul" className="span-list" gap="xs" aria-label="Marked passages">
        {spans.map((span, place) => (
          <li key={`${span.start}-${span.end}-${span.category}`}>
            <Text size="sm">
              <mark className="span-mark">{slicePoints(text, span.start, span.end)}</mark> {labelOf(span.category)}
            </Text>
            <Group gap="xs" wrap="nowrap">
              <TextInput size="xs" flex={1} aria-label={`Note on passage ${place + 1}`} placeholder="What would be right?" value={span.note} onChange={(event) => update(place, event.currentTarget.value)} />
              <Button size="compact-xs" variant="subtle" color="gray" aria-label={`Remove passage ${place + 1}`} onClick={() => remove(place)}>
                Remove
              </Button>
            </Group>
          </li>
        ))}
      </Stack>
      <Button role="checkbox" aria-checked={clean} justify="space-between" variant={clean ? "filled" : "default"} rightSection={<KeyHint label="0" />} onClick={nothing}>
        Nothing is wrong
      </Button>
      <Textarea label="Note" autosize minRows={2} dir="auto" value={work.note}
        onChange={(event) => { const note = event.currentTarget.value; change((before) => ({ ...before, note })); }} />
    </Stack>
  );
}

export const spans: KindPage = {
  none: "No answer waits to be marked",
  payload: (work, task) => ({
    spans: state.of(work).spans.map((span) => ({ ...span, quote: slicePoints(task.responses[0]?.text ?? "", span.start, span.end) })),
    note: work.note,
  }),
  missing: (_, work) => (state.of(work).spans.length === 0 && !state.of(work).clean ? "Mark a passage, or say that nothing is wrong." : null),
  restored: (sent) => {
    const marked = (sent.spans as Span[]).map(({ start, end, category, note }) => ({ start, end, category, note }));
    return state.set({ ...emptyWork(), note: sent.note as string }, { spans: marked, clean: marked.length === 0 });
  },
  Left: MarkedAnswer,
  Form: SpansForm,
};
