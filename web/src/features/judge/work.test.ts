import { describe, expect, it } from "vitest";
import type { HandedTask } from "../../api/types";
import { kindPages } from "./kinds/table";
import { emptyWork, hasWork, toggledFlag, workOf, type Work } from "./work";

const dimension = (key: string, bar: number | null) => ({
  key, label: key, scale_min: 1, scale_max: 5, anchors: [], reason_required_below: bar,
});
const task = (kind: HandedTask["kind"]): HandedTask =>
  ({
    id: 1, kind, guideline_version: 1, responses: [{ id: 7, text: "a" }, { id: 8, text: "b" }],
    prompt: { id: 1, messages: [], domain: "", intent: "", language: "en", hazard: "", difficulty: "" },
    rubric: { version: 1, dimensions: [dimension("accuracy", 3), dimension("tone", null)], criteria: [] },
    deadline: null, earlier: null,
  }) as HandedTask;

const payloadOf = (kind: HandedTask["kind"], work: Work, given = task(kind)) => kindPages[kind].payload(work, given);
const missing = (given: HandedTask, work: Work) => kindPages[given.kind].missing(given, work);

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

describe("a comparison of three", () => {
  const three = { ...task("compare"), responses: [{ id: 7, text: "a" }, { id: 8, text: "b" }, { id: 9, text: "c" }] };
  const ranked = (ranks: Record<string, number>, outcome: Work["outcome"]): Work => ({ ...emptyWork(), outcome, own: { compare: { ranks, dimensions: { accuracy: null } } } });
  it("sends the ranking best first, with its ties", () => {
    const work = ranked({ "7": 2, "8": 1, "9": 2 }, { is: "better", response: 8 });
    expect(missing(three, work)).toBeNull();
    expect(payloadOf("compare", work, three)).toMatchObject({ ranking: [[8], [7, 9]], dimensions: { accuracy: null } });
  });
  it("is whole or not there, and agrees with the choice", () => {
    expect(missing(three, ranked({ "7": 1 }, { is: "better", response: 7 }))).toContain("each answer");
    expect(missing(three, ranked({ "7": 1, "8": 2, "9": 3 }, { is: "better", response: 8 }))).toContain("not the same");
    expect(missing(three, ranked({ "7": 1, "8": 2, "9": 3 }, { is: "tie" }))).toContain("equally good");
  });
  it("comes back from what was sent", () => {
    const work = ranked({ "7": 2, "8": 1, "9": 2 }, { is: "better", response: 8 });
    const sent = payloadOf("compare", work, three);
    expect(payloadOf("compare", kindPages.compare.restored(sent, three), three)).toEqual(sent);
  });
});

describe("a review", () => {
  const judgment = { text: "Ten mg.", note: "" };
  const given: HandedTask = { ...task("review"), responses: [], earlier: { kind: "write", judgment_id: 5, payload: judgment, others: [], exchanges: [], clause: "", comment: "", objection: "" } };
  const said = (review: object): Work => ({ ...emptyWork(), own: { review } });
  it("says what its verdict needs", () => {
    expect(missing(given, emptyWork())).toBe("Choose a verdict.");
    expect(missing(given, said({ verdict: "return" }))).toContain("what the person should change");
    expect(missing(given, said({ verdict: "reject" }))).toContain("Cite");
    expect(missing(given, said({ verdict: "accept" }))).toBeNull();
  });
  it("names the judgment that was looked at", () => {
    expect(payloadOf("review", said({ verdict: "accept" }), given)).toEqual({ judgment_id: 5, verdict: "accept", comment: "", clause: "" });
  });
  it("fixes with a judgment of the same kind, begun from the one that was sent", () => {
    const fixed = { ...kindPages.write.restored(judgment, given), text: "Two mg." };
    expect(payloadOf("review", said({ verdict: "fix", fixed }), given)).toMatchObject({ verdict: "fix", payload: { text: "Two mg.", note: "" } });
  });
});

describe("an edit", () => {
  const given = { ...task("edit"), responses: [{ id: 7, text: "Ten mg." }] };
  it("changes something or says that it is good as it is", () => {
    expect(missing(given, emptyWork())).toContain("good as it is");
    expect(missing(given, { ...emptyWork(), own: { edit: { good: true } } })).toBeNull();
    expect(missing(given, { ...emptyWork(), own: { edit: { text: "Two mg." } } })).toBeNull();
  });
});

describe("marked passages", () => {
  const given = { ...task("spans"), responses: [{ id: 7, text: "𝄞 10 mg" }] };
  it("carry the text that they mark, counted in code points", () => {
    const work = { ...emptyWork(), own: { spans: { spans: [{ start: 2, end: 4, category: "wrong_figure", note: "" }] } } };
    expect(payloadOf("spans", work, given)).toMatchObject({ spans: [{ start: 2, end: 4, quote: "10" }] });
    expect(missing(given, emptyWork())).toContain("Mark a passage");
  });
});
