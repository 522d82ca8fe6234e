// Names of the wire in words.
const known: Record<string, string> = {
  accuracy: "Pairs in the right order",
  batch_examples: "Examples in a batch",
  chosen_logprob_change: "Log-probability of the chosen, change",
  gradient_norm_max: "Gradient clipped at",
  held_out: "Share kept apart",
  logprob_chosen: "Log-probability, chosen",
  logprob_rejected: "Log-probability, rejected",
  margin: "Chosen over rejected",
  reward_chosen: "Reward, chosen",
  reward_rejected: "Reward, rejected",
  tokens_per_second: "Tokens a second",
  warmup_steps: "Steps of warm-up",
};

export function words(key: string): string {
  if (known[key]) return known[key];
  const text = key.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const languages = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

// en → English. Whatever is no language tag stays as it is.
export function languageName(tag: string): string {
  try {
    return tag === "" ? "" : (languages.of(tag) ?? tag);
  } catch {
    return tag;
  }
}

const objectives: Record<string, string> = {
  pretrain: "Pre-training",
  sft: "Fine-tuning on written answers (SFT)",
  reward: "Reward model",
  dpo: "Preference training (DPO)",
  imported: "Imported",
};
const short: Record<string, string> = { pretrain: "Pre-training", sft: "SFT", reward: "Reward model", dpo: "DPO", imported: "Imported" };

export function objectiveName(objective: string): string {
  return objectives[objective] ?? words(objective);
}

export function objectiveShort(objective: string): string {
  return short[objective] ?? words(objective);
}

const kinds: Record<string, string> = {
  generate: "Generate answers",
  train: "Train",
  evaluate: "Evaluate",
  snapshot: "Take a snapshot",
  import: "Import",
  export: "Export",
};

export function jobName(kind: string): string {
  return kinds[kind] ?? words(kind);
}

const states: Record<string, string> = {
  queued: "waiting for a worker",
  running: "running",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
  generating: "models are answering",
  judging: "blind comparisons are open",
  open: "open",
  closed: "closed",
};

export function stateName(state: string): string {
  return states[state] ?? words(state).toLowerCase();
}

const stateColors: Record<string, string> = { done: "green", closed: "gray", failed: "red", cancelled: "gray", running: "yellow", generating: "yellow" };

export function stateColor(state: string): string {
  return stateColors[state] ?? "teal";
}

// A figure of a run as it is read: 0.0003 stays 0.0003, 12.345678 becomes 12.35.
export function plain(value: unknown): string {
  if (typeof value === "number") {
    if (Number.isInteger(value) || Math.abs(value) >= 10_000) return Math.round(value).toLocaleString("en");
    return Math.abs(value) >= 0.001 ? String(Number(value.toPrecision(4))) : value.toExponential(1).replace(".0e", "e");
  }
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null || value === undefined) return "none";
  const interval = asInterval(value);
  if (interval) return `${plain(interval.value)} (${plain(interval.low)} to ${plain(interval.high)}), n ${plain(interval.n)}`;
  return JSON.stringify(value);
}

export type Interval = { value: number; low: number; high: number; n: number };

export function asInterval(value: unknown): Interval | null {
  if (typeof value !== "object" || value === null) return null;
  const known = value as Record<string, unknown>;
  return ["value", "low", "high", "n"].every((key) => typeof known[key] === "number") ? (value as Interval) : null;
}
