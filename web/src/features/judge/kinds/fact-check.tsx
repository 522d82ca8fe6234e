import { Button, Checkbox, Group, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useRef } from "react";
import { useGlobalKeys } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { codePoints, codePointsBefore, pieces, slicePoints } from "../code-points";
import { emptyWork, type Payload } from "../work";
import { SourcePicker } from "./fact-check-sources";
import { verdicts } from "./fact-check-words";
import { ownPart, type KindPage, type Part } from "./kind";
import { selectedRange } from "./spans";

type Proof = { source_id: number; quote: string };
type Citation = { cited: string; exists: boolean; says_so: boolean };
type Claim = { text: string; start: number; end: number; verdict: string; evidence: Proof[]; citation: Citation | null; note: string };
const state = ownPart<{ claims: Claim[]; none: boolean }>("fact_check", { claims: [], none: false });

const fresh = (text: string, start: number, end: number): Claim => ({ text, start, end, verdict: "", evidence: [], citation: null, note: "" });

// What somebody else could not settle, to go on from.
function handedOver(task: Part["task"]): Claim[] {
  const before = task.earlier?.payload as { claims?: Claim[] } | null | undefined;
  return before?.claims ?? [];
}
function claimsOf(task: Part["task"], work: Part["work"]): Claim[] {
  return work.own.fact_check === undefined ? handedOver(task).map((claim) => (claim.verdict === "unsettled" ? { ...claim, verdict: "" } : claim)) : state.of(work).claims;
}

function ClaimedAnswer({ task, work, change }: Part) {
  const text = task.responses[0]?.text ?? "";
  const box = useRef<HTMLDivElement>(null);
  const claims = claimsOf(task, work);
  const add = (claim: Claim) => change((before) => state.set(before, { none: false, claims: [...claimsOf(task, before), claim] }));
  const take = () => {
    const range = selectedRange(box.current, text);
    if (range) add(fresh(slicePoints(text, range.start, range.end), range.start, range.end));
    else add(fresh("", 0, 0));
  };
  useGlobalKeys({ c: take });
  return (
    <article className="answer" aria-label="Answer">
      <Text fw={600} size="sm" mb={8}>
        Answer
      </Text>
      <div className="text" dir="auto" ref={box}>
        {pieces(text, claims.filter((claim) => claim.end > 0)).map((piece, place) =>
          piece.marks.length > 0 ? <mark key={place} className="span-mark">{piece.text}</mark> : <span key={place}>{piece.text}</span>,
        )}
      </div>
      <Group mt="md" gap="sm">
        <Button size="xs" variant="light" onMouseDown={(event) => event.preventDefault()} onClick={take}>
          Add a claim <KeyHint label="c" />
        </Button>
        <Text size="xs" c="dimmed">
          Select its words first, or type the claim.
        </Text>
      </Group>
    </article>
  );
}

function ClaimFields({ claim, place, project, change, remove }: { claim: Claim; place: number; project: number; change: (part: Partial<Claim>) => void; remove: () => void }) {
  const name = `claim ${place + 1}`;
  return (
    <fieldset className="plain-fields claim" aria-label={`Claim ${place + 1}`}>
      <Textarea size="xs" autosize label={`Claim ${place + 1}`} dir="auto" data-wanted={claim.text.trim() === "" || undefined} value={claim.text} onChange={(event) => change({ text: event.currentTarget.value })} />
      <NativeSelect size="xs" mt={6} label={`Verdict on ${name}`} data={[{ value: "", label: "Choose" }, ...verdicts]} value={claim.verdict} data-wanted={claim.verdict === "" || undefined} onChange={(event) => change({ verdict: event.currentTarget.value })} />
      {claim.verdict === "supported" || claim.verdict === "not_supported" ? (
        <SourcePicker project={project} label={`Source for ${name}`} chosen={claim.evidence[0] ?? null} choose={(proof) => change({ evidence: proof ? [proof] : [] })} />
      ) : null}
      <Checkbox size="xs" mt={8} label="The answer cites something for it" checked={claim.citation !== null}
        onChange={(event) => change({ citation: event.currentTarget.checked ? { cited: "", exists: false, says_so: false } : null })} />
      {claim.citation ? <CitationFields citation={claim.citation} name={name} change={(citation) => change({ citation })} /> : null}
      <TextInput size="xs" mt={6} label={`Note on ${name}`} dir="auto" value={claim.note} onChange={(event) => change({ note: event.currentTarget.value })} />
      <Button mt={6} size="compact-xs" variant="subtle" color="gray" onClick={remove}>
        Remove {name}
      </Button>
    </fieldset>
  );
}

function CitationFields({ citation, name, change }: { citation: Citation; name: string; change: (citation: Citation) => void }) {
  return (
    <Stack gap={6} mt={6}>
      <TextInput size="xs" label={`What is cited for ${name}`} dir="auto" data-wanted={citation.cited.trim() === "" || undefined} value={citation.cited} onChange={(event) => change({ ...citation, cited: event.currentTarget.value })} />
      <Checkbox size="xs" label="It exists" checked={citation.exists}
        onChange={(event) => change({ ...citation, exists: event.currentTarget.checked, says_so: event.currentTarget.checked && citation.says_so })} />
      <Checkbox size="xs" label="It says that" disabled={!citation.exists} checked={citation.says_so} onChange={(event) => change({ ...citation, says_so: event.currentTarget.checked })} />
    </Stack>
  );
}

function FactCheckForm({ task, work, change, project }: Part) {
  const claims = claimsOf(task, work);
  const update = (place: number, part: Partial<Claim>) =>
    change((before) => state.set(before, { claims: claimsOf(task, before).map((claim, at) => (at === place ? { ...claim, ...part } : claim)) }));
  const remove = (place: number) => change((before) => state.set(before, { claims: claimsOf(task, before).filter((_, at) => at !== place) }));
  return (
    <Stack gap="md">
      <Text fw={600}>Is each claim true?</Text>
      {claims.map((claim, place) => (
        <ClaimFields key={place} claim={claim} place={place} project={project} change={(part) => update(place, part)} remove={() => remove(place)} />
      ))}
      {claims.length === 0 ? (
        <Checkbox label="The answer claims nothing" checked={state.of(work).none} onChange={(event) => { const none = event.currentTarget.checked; change((before) => state.set(before, { none, claims: [] })); }} />
      ) : null}
      <Textarea label="Note" autosize minRows={2} dir="auto" value={work.note}
        onChange={(event) => { const note = event.currentTarget.value; change((before) => ({ ...before, note })); }} />
    </Stack>
  );
}

function missing(task: Part["task"], work: Part["work"]): string | null {
  const claims = claimsOf(task, work);
  if (claims.length === 0) return state.of(work).none ? null : "Add the claims of the answer, or say that there are none.";
  for (const [place, claim] of claims.entries()) {
    if (claim.text.trim() === "") return `Say what claim ${place + 1} is.`;
    if (claim.verdict === "") return `Give a verdict on claim ${place + 1}.`;
    if (claim.verdict === "supported" && claim.evidence.length === 0) return `Name the source for claim ${place + 1}.`;
    if (claim.citation && claim.citation.cited.trim() === "") return `Say what is cited for claim ${place + 1}.`;
  }
  return null;
}

// A claim that was retyped no longer stands at the place where it was taken from.
function placed(claim: Claim, text: string): Claim {
  if (claim.end > 0 && slicePoints(text, claim.start, claim.end) === claim.text) return claim;
  const at = claim.text === "" ? -1 : text.indexOf(claim.text);
  const start = at < 0 ? 0 : codePointsBefore(text, at);
  return { ...claim, start, end: at < 0 ? 0 : start + codePoints(claim.text) };
}

function payload(work: Part["work"], task: Part["task"]): Payload {
  const text = task.responses[0]?.text ?? "";
  return { claims: claimsOf(task, work).map((claim) => placed(claim, text)), note: work.note };
}

export const factCheck: KindPage = {
  none: "No answer waits to be checked",
  payload,
  missing,
  restored: (sent) => state.set({ ...emptyWork(), note: sent.note as string }, { claims: sent.claims as Claim[], none: (sent.claims as Claim[]).length === 0 }),
  Left: ClaimedAnswer,
  Form: FactCheckForm,
};
