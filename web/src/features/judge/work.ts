// What a person has typed into a task, and what is sent of it.
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
  own: Record<string, unknown>; // what one kind alone knows, see ownPart
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
  return { outcome: { is: "none" }, strength: "clearly", reason: "", scores: {}, reasons: {}, flags: [], text: "", note: "", own: {} };
}

export function hasWork(work: Work): boolean {
  return (
    work.outcome.is !== "none" ||
    [work.reason, work.text, work.note, ...Object.values(work.reasons)].some((text) => text.trim() !== "") ||
    Object.keys(work.scores).length > 0 ||
    Object.keys(work.own).length > 0 ||
    work.flags.length > 0
  );
}

export type Payload = Record<string, unknown>;

// A draft is the work itself; one that some other program wrote is ignored rather than trusted.
export function workOf(draft: unknown): Work {
  if (typeof draft !== "object" || draft === null || !("outcome" in draft) || typeof draft.outcome !== "object") return emptyWork();
  return { ...emptyWork(), ...(draft as Partial<Work>) };
}

export function toggledFlag(work: Work, response_id: number, flag: FlagName): Work {
  const without = work.flags.filter((entry) => entry.response_id !== response_id || entry.flag !== flag);
  return { ...work, flags: without.length === work.flags.length ? [...work.flags, { response_id, flag }] : without };
}
