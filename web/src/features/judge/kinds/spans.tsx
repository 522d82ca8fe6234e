import { Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useGlobalKeys } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { codePoints, codePointsBefore, pieces, slicePoints } from "../code-points";
import { emptyWork } from "../work";
import { ownPart, type KindPage, type Part } from "./kind";
import { categories, categoryName } from "./spans-words";

export type Span = { start: number; end: number; category: string; note: string };
const state = ownPart<{ spans: Span[]; clean: boolean }>("spans", { spans: [], clean: false });

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

// Where the words begin, each time, in code points.
export function placesOf(text: string, wanted: string): number[] {
  const places: number[] = [];
  if (wanted === "") return places;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) places.push(codePointsBefore(text, at));
  return places;
}

function MarkedAnswer({ task, work, change }: Part) {
  const text = task.responses[0]?.text ?? "";
  const box = useRef<HTMLDivElement>(null);
  const [category, setCategory] = useState("subtle_baseless");
  const [wanted, setWanted] = useState("");
  const [problem, setProblem] = useState("");
  const { spans, clean } = state.of(work);
  const add = (start: number, end: number) => {
    const same = spans.some((span) => span.start === start && span.end === end && span.category === category);
    setProblem(same ? "This passage is marked with this already." : "");
    if (!same) change((before) => state.set(before, { clean: false, spans: [...state.of(before).spans, { start, end, category, note: "" }] }));
  };
  const mark = () => {
    const range = selectedRange(box.current, text);
    if (range) return add(range.start, range.end);
    const places = placesOf(text, wanted);
    if (places.length === 0) return setProblem(wanted === "" ? "Select a passage of the answer, or type its words." : "These words do not stand in the answer.");
    // The same words again mean their next place.
    const start = places.find((place) => !spans.some((span) => span.start === place && span.category === category)) ?? places[0]!;
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
            <mark key={place} className="span-mark" title={piece.marks.map((span) => categoryName(span.category)).join(", ")}>
              {piece.text}
            </mark>
          ) : (
            <span key={place}>{piece.text}</span>
          ),
        )}
      </div>
      <Group mt="md" align="start" gap="sm" className="mark-row">
        <NativeSelect label="What is wrong" size="xs" data={categories} value={category} onChange={(event) => setCategory(event.currentTarget.value)} />
        <TextInput label="Words to mark" placeholder="or select them above" size="xs" dir="auto" error={problem || undefined} value={wanted} data-wanted={(spans.length === 0 && !clean) || undefined} onChange={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={(event) => { if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); mark(); } }} />
        <Button size="xs" variant="light" onMouseDown={(event) => event.preventDefault()} onClick={mark}>
          Mark <KeyHint label="m" />
        </Button>
      </Group>
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
              <mark className="span-mark" dir="auto">{slicePoints(text, span.start, span.end)}</mark>{" "}
              {categoryName(span.category)}
            </Text>
            <Group gap="xs" wrap="nowrap">
              <TextInput size="xs" flex={1} aria-label={`Note on passage ${place + 1}`} placeholder="What would be right?" dir="auto" value={span.note} onChange={(event) => update(place, event.currentTarget.value)} />
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
