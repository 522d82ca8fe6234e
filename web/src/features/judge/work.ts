// What a person has typed into a task, and what is sent of it.
import type { HandedTask, Kind } from "../../api/types";

export type Outcome = { is: "none" } | { is: "better"; response: number } | { is: "tie" } | { is: "both_bad" };
export type Strength = "slightly" | "clearly" | "much";
export type FlagName = "factual_error" | "unclear" | "unsafe" | "off_topic" | "wrong_language" | "private_data" | "spam";

export type Work = {
  outcome: Outcome;
  strength: Strength;
  reason: string;
  scores: Record<string, number>;
  reasons: Record<string, string>;
  flags: { response_id: number; flag: FlagName }[];
  text: string;
  note: string;
};

export const flagNames: { flag: FlagName; label: string }[] = [
  { flag: "factual_error", label: "Factual error" },
  { flag: "unclear", label: "Unclear" },
  { flag: "unsafe", label: "Unsafe" },
  { flag: "off_topic", label: "Off topic" },
  { flag: "wrong_language", label: "Wrong language" },
  { flag: "private_data", label: "Private data" },
  { flag: "spam", label: "Spam" },
];

export function emptyWork(): Work {
  return { outcome: { is: "none" }, strength: "clearly", reason: "", scores: {}, reasons: {}, flags: [], text: "", note: "" };
}

export function hasWork(work: Work): boolean {
  return (
    work.outcome.is !== "none" ||
    [work.reason, work.text, work.note, ...Object.values(work.reasons)].some((text) => text.trim() !== "") ||
    Object.keys(work.scores).length > 0 ||
    work.flags.length > 0
  );
}

export type Payload = Record<string, unknown>;

export function payloadOf(kind: Kind, work: Work): Payload {
  if (kind === "write") return { text: work.text, note: work.note };
  if (kind === "rate") {
    const reasons = Object.fromEntries(Object.entries(work.reasons).filter(([, text]) => text.trim() !== ""));
    return { scores: work.scores, reasons, flags: work.flags };
  }
  const better = work.outcome.is === "better" ? work.outcome.response : null;
  return {
    outcome: work.outcome.is === "none" ? "tie" : work.outcome.is,
    better,
    strength: better === null ? null : work.strength,
    reason: work.reason,
    flags: work.flags,
  };
}

// The first thing that still stands in the way of sending, in words; null when nothing does.
export function missing(task: HandedTask, work: Work): string | null {
  if (task.kind === "write") return work.text.trim() === "" ? "Write the answer first." : null;
  if (task.kind === "compare") return work.outcome.is === "none" ? "Choose an answer, a tie or both bad." : null;
  for (const dimension of task.rubric.dimensions) {
    const score = work.scores[dimension.key];
    if (score === undefined) return `Rate ${dimension.label.toLowerCase()}.`;
    const bar = dimension.reason_required_below;
    if (bar !== null && bar !== undefined && score < bar && !work.reasons[dimension.key]?.trim())
      return `Say why ${dimension.label.toLowerCase()} is below ${bar}.`;
  }
  return null;
}

// A draft is the work itself; one that some other program wrote is ignored rather than trusted.
export function workOf(draft: unknown): Work {
  if (typeof draft !== "object" || draft === null || !("outcome" in draft) || typeof draft.outcome !== "object") return emptyWork();
  return { ...emptyWork(), ...(draft as Partial<Work>) };
}

export function toggledFlag(work: Work, response_id: number, flag: FlagName): Work {
  const without = work.flags.filter((entry) => entry.response_id !== response_id || entry.flag !== flag);
  return { ...work, flags: without.length === work.flags.length ? [...work.flags, { response_id, flag }] : without };
}
