// What a training run came to, in words. What is only of its last step, whose batch is small and noisy, is apart.
import { count, plural, share } from "./format";
import { asInterval } from "./words";

export type RunSummary = { lines: string[]; fingerprint: string | null; lastStep: Record<string, unknown> };

const told = ["examples", "steps", "held_out_accuracy", "held_out_pairs", "fingerprint", "left_out_too_long"];

function numberOf(values: Record<string, unknown> | null, key: string): number {
  const value = values?.[key];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function size(metrics: Record<string, unknown> | null, settings: Record<string, unknown> | null): string[] {
  const [examples, steps, epochs] = [numberOf(metrics, "examples"), numberOf(metrics, "steps"), numberOf(settings, "epochs")];
  const parts = [examples > 0 ? plural(examples, "example") : "", steps > 0 ? plural(steps, "step") : "", epochs > 0 ? plural(epochs, "epoch") : ""];
  const line = parts.filter(Boolean).join(" · ");
  return line === "" ? [] : [line];
}

export function summaryOf(metrics: Record<string, unknown> | null, settings: Record<string, unknown> | null): RunSummary {
  const lines = size(metrics, settings);
  const held = asInterval(metrics?.held_out_accuracy);
  if (held) lines.push(`Puts ${share(held.value)} of ${count(held.n)} pairs that it had not seen in the judges’ order (95 % interval ${share(held.low)} to ${share(held.high)})`);
  const long = numberOf(metrics, "left_out_too_long");
  if (long > 0) lines.push(`${plural(long, "example")} left out: too long`);
  const rank = numberOf(settings, "lora_rank");
  if (rank > 0) lines.push(`Through an adapter of rank ${count(rank)}: the model’s own weights stayed`);
  if (settings?.shuffle_labels === true) lines.push("A placebo: the choices it learned from were drawn by lot");
  const fingerprint = metrics?.fingerprint;
  return {
    lines,
    fingerprint: typeof fingerprint === "string" ? fingerprint : null,
    lastStep: Object.fromEntries(Object.entries(metrics ?? {}).filter(([key]) => !told.includes(key))),
  };
}
