import { describe, expect, it } from "vitest";
import type { HandedTask } from "../../api/types";
import { emptyWork, hasWork, missing, payloadOf, toggledFlag, workOf } from "./work";

const dimension = (key: string, bar: number | null) => ({
  key, label: key, scale_min: 1, scale_max: 5, anchors: [], reason_required_below: bar,
});
const task = (kind: HandedTask["kind"]): HandedTask =>
  ({
    id: 1, kind, guideline_version: 1, responses: [{ id: 7, text: "a" }, { id: 8, text: "b" }],
    prompt: { id: 1, messages: [], domain: "", intent: "", language: "en", hazard: "", difficulty: "" },
    rubric: { version: 1, dimensions: [dimension("accuracy", 3), dimension("tone", null)] },
  }) as HandedTask;

describe("a comparison", () => {
  it("names the better answer and how strongly", () => {
    const work = { ...emptyWork(), outcome: { is: "better", response: 8 } as const, strength: "much" as const };
    expect(payloadOf("compare", work)).toEqual({ outcome: "better", better: 8, strength: "much", reason: "", flags: [] });
  });
  it("has neither a better answer nor a strength when it is a tie", () => {
    const work = { ...emptyWork(), outcome: { is: "tie" } as const };
    expect(payloadOf("compare", work)).toMatchObject({ outcome: "tie", better: null, strength: null });
  });
  it("cannot be sent before a choice", () => {
    expect(missing(task("compare"), emptyWork())).toContain("Choose");
    expect(missing(task("compare"), { ...emptyWork(), outcome: { is: "both_bad" } })).toBeNull();
  });
});

describe("a rating", () => {
  it("wants every dimension, and a reason where the rubric says so", () => {
    const work = { ...emptyWork(), scores: { accuracy: 2 } };
    expect(missing(task("rate"), work)).toBe("Say why accuracy is below 3.");
    expect(missing(task("rate"), { ...work, reasons: { accuracy: "wrong unit" } })).toBe("Rate tone.");
    expect(missing(task("rate"), { ...work, scores: { accuracy: 2, tone: 1 }, reasons: { accuracy: "wrong unit" } })).toBeNull();
  });
  it("sends no empty reasons", () => {
    const work = { ...emptyWork(), scores: { accuracy: 5, tone: 4 }, reasons: { accuracy: "  ", tone: "curt" } };
    expect(payloadOf("rate", work)).toEqual({ scores: { accuracy: 5, tone: 4 }, reasons: { tone: "curt" }, flags: [] });
  });
});

describe("a draft", () => {
  it("comes back as it was typed", () => {
    const work = { ...emptyWork(), text: "Half a sentence", outcome: { is: "tie" } as const };
    expect(workOf(JSON.parse(JSON.stringify(work)))).toEqual(work);
  });
  it("of another shape is ignored", () => {
    expect(workOf({ text: 5 })).toEqual(emptyWork());
    expect(workOf(null)).toEqual(emptyWork());
  });
  it("knows whether there is anything to lose", () => {
    expect(hasWork(emptyWork())).toBe(false);
    expect(hasWork({ ...emptyWork(), note: "x" })).toBe(true);
  });
});

it("a flag set twice is unset", () => {
  const once = toggledFlag(emptyWork(), 7, "unsafe");
  expect(once.flags).toEqual([{ response_id: 7, flag: "unsafe" }]);
  expect(toggledFlag(once, 7, "unsafe").flags).toEqual([]);
});
