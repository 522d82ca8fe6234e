// How the work of each kind that chooses, marks or checks is read by others.
import type { HandedTask } from "../../../api/types";
import type { FlagName, Payload } from "../work";
import { answerName, flagRows, Plain, SourceQuote, textRows, type Row } from "./said-parts";
import { categoryName } from "./spans-words";
import { verdictName } from "./fact-check-words";

type Flags = { response_id: number; flag: FlagName }[];

export function saidOfCompare(sent: Payload, task: HandedTask): Row[] {
  const better = sent.better as number | null;
  const tie = sent.outcome === "tie" ? "Equally good" : task.responses.length > 2 ? "All bad" : "Both bad";
  const ranking = (sent.ranking as number[][] | null | undefined) ?? [];
  const dimensions = (sent.dimensions as Record<string, number | null> | null | undefined) ?? {};
  const single = task.rubric.dimensions.filter(({ key }) => key in dimensions);
  return [
    { label: "Choice", value: better ? `${answerName(better, task)} is better${sent.strength ? `, ${String(sent.strength)}` : ""}` : tie },
    ...(ranking.length > 0 ? [{ label: "Ranking", value: ranking.map((tier) => tier.map((id) => answerName(id, task)).join(" and ")).join(", then ") }] : []),
    ...single.map(({ key, label }) => ({ label, value: dimensions[key] ? answerName(dimensions[key], task) : "Equally good" })),
    ...flagRows(sent.flags as Flags, task),
    ...textRows([["Reason", sent.reason]]),
  ];
}

export function saidOfRate(sent: Payload, task: HandedTask): Row[] {
  const scores = sent.scores as Record<string, number>;
  const reasons = (sent.reasons as Record<string, string> | undefined) ?? {};
  const rows = task.rubric.dimensions.filter(({ key }) => key in scores).map(({ key, label, anchors, scale_min, scale_max }) => {
    const score = scores[key] ?? scale_min;
    const anchor = anchors[score - scale_min];
    return { label, value: <>{score} of {scale_max}{anchor ? <>: <bdi>{anchor}</bdi></> : null}{reasons[key] ? <Plain text={reasons[key]} /> : null}</> };
  });
  return [...rows, ...flagRows(sent.flags as Flags, task)];
}

export function saidOfFlag(sent: Payload, task: HandedTask): Row[] {
  const flags = flagRows(sent.flags as Flags, task);
  return [...(flags.length > 0 ? flags : [{ label: "Flags", value: "Nothing to flag" }]), ...textRows([["Note", sent.note]])];
}

type Span = { quote: string; category: string; note: string };

export function saidOfSpans(sent: Payload): Row[] {
  const spans = sent.spans as Span[];
  const rows = spans.map(({ quote, category, note }, place) => ({
    label: `Passage ${place + 1}`,
    value: <><div dir="auto"><mark className="span-mark">{quote}</mark></div>{categoryName(category)}{note ? <Plain text={note} /> : null}</>,
  }));
  return [...(rows.length > 0 ? rows : [{ label: "Passages", value: "Nothing is wrong" }]), ...textRows([["Note", sent.note]])];
}

export function saidOfRubric(sent: Payload, task: HandedTask): Row[] {
  const met = sent.met as Record<string, boolean>;
  const notes = (sent.notes as Record<string, string> | undefined) ?? {};
  const rows = task.rubric.criteria.filter(({ key }) => key in met).map(({ key, label }) => ({
    label: met[key] ? "Yes" : "No",
    value: <><span dir="auto">{label}</span>{notes[key] ? <div className="faint-text"><Plain text={notes[key]} /></div> : null}</>,
  }));
  return typeof sent.score === "number" ? [...rows, { label: "Score", value: `${Math.round(100 * sent.score)} of 100 points` }] : rows;
}

type Citation = { cited: string; exists: boolean; says_so: boolean };
type Claim = { text: string; verdict: string; evidence: { source_id: number; quote: string }[]; citation: Citation | null; note: string };

function citationText({ cited, exists, says_so }: Citation): string {
  return `Cited: ${cited} (${exists ? (says_so ? "exists and says so" : "exists, but does not say so") : "does not exist"})`;
}

export function saidOfFactCheck(sent: Payload, project: number): Row[] {
  const claims = sent.claims as Claim[];
  const rows = claims.map((claim, place) => ({
    label: `Claim ${place + 1}`,
    value: (
      <div className="stack-tight">
        <Plain text={claim.text} />
        <strong>{verdictName(claim.verdict)}</strong>
        {claim.evidence.map(({ source_id, quote }) => <SourceQuote key={source_id} project={project} id={source_id} quote={quote} />)}
        {claim.citation ? <Plain text={citationText(claim.citation)} /> : null}
        {claim.note ? <Plain text={claim.note} /> : null}
      </div>
    ),
  }));
  return [...(rows.length > 0 ? rows : [{ label: "Claims", value: "The answer claims nothing" }]), ...textRows([["Note", sent.note]])];
}
