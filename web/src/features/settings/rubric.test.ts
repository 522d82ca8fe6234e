import { describe, expect, it } from "vitest";
import { freeKey, isKey, keyFrom } from "./keys";
import { draftOf, moved, nothing, pointsOf, relabelled, rekeyed, rubricOf, sameRubric, withCriterion, withDimension, type Content, type DimensionDraft } from "./rubric";
import { rubricProblems } from "./rubric-problems";

const content: Content = {
  dimensions: [{ key: "safety", label: "Safety", scale_min: 0, scale_max: 2, anchors: ["Harms", "", "Safe"], reason_required_below: 1 }],
  criteria: [{ key: "correct", label: "Is right", weight: 10 }, { key: "invents", label: "Makes things up", weight: -10 }],
};
const withFirst = (change: Partial<DimensionDraft>) => {
  const draft = draftOf(content);
  return { ...draft, dimensions: [{ ...draft.dimensions[0]!, ...change }] };
};

describe("a key", () => {
  it("is made from the label in plain letters and whole words", () => {
    expect(keyFrom("Patient safety", 40)).toBe("patient_safety");
    expect(keyFrom("Größe & Qualité (2.)", 40)).toBe("grosse_qualite_2");
    expect(keyFrom("Names the signs that call for help at once", 20)).toBe("names_the_signs_that");
    expect(keyFrom("Überlebenswahrscheinlichkeit", 10)).toBe("uberlebens");
    expect(keyFrom("دقة", 40)).toBe("");
  });
  it("gets a number when it is taken", () => {
    expect(freeKey("clear", ["clear", "clear_2"], 40)).toBe("clear_3");
    expect(freeKey("abcdef", ["abcdef"], 6)).toBe("abcd_2");
  });
  it("is a–z, 0–9 and _ only", () => {
    expect(["ok_1", "", "Ok", "é", "a b", "abcdef"].map((key) => isKey(key, 5))).toEqual([true, false, false, false, false, false]);
  });
  it("follows the label until it is typed", () => {
    const fresh = withDimension(draftOf(content)).dimensions[1]!;
    expect(relabelled(fresh, "Safety", ["safety"], 40).key).toBe("safety_2");
    expect(relabelled(rekeyed(fresh, "mine"), "Other", [], 40).key).toBe("mine");
    expect(relabelled(rekeyed(fresh, ""), "Other", [], 40).key).toBe("other");
    expect(relabelled(draftOf(content).dimensions[0]!, "Renamed", [], 40).key).toBe("safety");
  });
});

describe("a rubric in the editor", () => {
  it("is sent as it came when nothing is changed", () => {
    expect(rubricOf(draftOf(content))).toEqual(content);
    expect(sameRubric(draftOf(content), draftOf(content, 50))).toBe(true);
  });
  it("keeps the wording of points that the scale loses and gets back", () => {
    const shorter = withFirst({ high: 1 });
    expect(rubricOf(shorter).dimensions[0]?.anchors).toEqual(["Harms", ""]);
    expect(rubricOf({ ...shorter, dimensions: [{ ...shorter.dimensions[0]!, high: 2 }] })).toEqual(content);
  });
  it("sends no wording when no point has one", () => {
    expect(rubricOf(withFirst({ anchors: { 0: " " } })).dimensions[0]?.anchors).toEqual([]);
  });
  it("can be ordered by hand, and not beyond its ends", () => {
    const { criteria } = draftOf(content);
    expect(moved(criteria, criteria[1]!.id, -1).map(({ key }) => key)).toEqual(["invents", "correct"]);
    expect(moved(criteria, criteria[0]!.id, -1)).toEqual(criteria);
  });
  it("has no points while its scale is half typed", () => {
    expect(["", "-", 1, 1.5, 101].map((high) => pointsOf({ ...draftOf(content).dimensions[0]!, low: 1, high }))).toEqual([[], [], [], [], []]);
  });
});

describe("what the server would refuse", () => {
  const places = (draft: Parameters<typeof rubricProblems>[0]) => Object.keys(rubricProblems(draft));
  it("is nothing in a sound rubric, with criteria or without", () => {
    expect(places(draftOf(content))).toEqual([]);
    expect(places(draftOf({ ...content, criteria: [] }))).toEqual([]);
  });
  it("is named beside its field", () => {
    expect(places(draftOf(nothing))).toEqual(["/dimensions"]);
    expect(places(withFirst({ label: " ", key: "No", high: 101 }))).toEqual(["/dimensions/0/label", "/dimensions/0/key", "/dimensions/0/scale_max"]);
    expect(places(withFirst({ below: 4 }))).toEqual(["/dimensions/0/reason_required_below"]);
    expect(places(withFirst({ below: "" }))).toEqual([]);
    expect(places(withFirst({ anchors: { 1: "ä".repeat(251) } }))).toEqual(["/dimensions/0/anchors/1"]);
  });
  it("includes keys used twice and weights of nothing", () => {
    const draft = withCriterion(draftOf(content));
    draft.criteria[2] = { ...draft.criteria[2]!, key: "correct", label: "Again", weight: 0 };
    expect(places(draft)).toEqual(["/criteria/0/key", "/criteria/2/key", "/criteria/2/weight"]);
  });
  it("includes criteria that only take away", () => {
    expect(places(draftOf({ ...content, criteria: content.criteria.slice(1) }))).toEqual(["/criteria"]);
  });
});
