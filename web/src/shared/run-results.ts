import { shortHash } from "./format";

// Figures of the whole run; everything else in its metrics is of the last step, whose batch is small and noisy.
const whole = ["examples", "steps", "held_out_accuracy", "held_out_pairs", "fingerprint"];

export function resultsOf(metrics: Record<string, unknown> | null): { results: Record<string, unknown>; lastStep: Record<string, unknown> } {
  const results: Record<string, unknown> = {};
  const lastStep: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(metrics ?? {})) {
    if (!whole.includes(key)) lastStep[key] = value;
    else results[key] = key === "fingerprint" && typeof value === "string" ? shortHash(value) : value;
  }
  return { results, lastStep };
}
