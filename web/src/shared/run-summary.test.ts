import { expect, it } from "vitest";
import { summaryOf } from "./run-summary";

it("a run is told in words, with an interval where there is one", () => {
  const metrics = { examples: 444, steps: 84, held_out_pairs: 100, held_out_accuracy: { value: 0.71, low: 0.62, high: 0.8, n: 100 }, left_out_too_long: 2, loss: 0.4, fingerprint: "0123" };
  const { lines, fingerprint, lastStep } = summaryOf(metrics, { epochs: 3, shuffle_labels: true, lora_rank: 16 });
  expect(lines[0]).toBe("444 examples · 84 steps · 3 epochs");
  expect(lines[1]).toContain("71 % of 100 pairs");
  expect(lines[1]).toContain("62 % to 80 %");
  expect(lines[2]).toBe("2 examples left out: too long");
  expect(lines[3]).toContain("adapter of rank 16");
  expect(lines[4]).toContain("placebo");
  expect(fingerprint).toBe("0123");
  expect(lastStep).toEqual({ loss: 0.4 });
});

it("a run without figures says nothing rather than noughts", () => {
  expect(summaryOf(null, null)).toEqual({ lines: [], fingerprint: null, lastStep: {} });
  expect(summaryOf({ left_out_too_long: 0, held_out_accuracy: "high" }, { epochs: 0 }).lines).toEqual([]);
});
