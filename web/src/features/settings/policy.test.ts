import { describe, expect, it } from "vitest";
import { ApiError } from "../../api/client";
import type { WorkPolicy } from "../../api/types";
import { policyForm, policyOf, policyProblems, samePolicy } from "./policy";
import { at, problemsOf } from "./problems";

const policy: WorkPolicy = {
  overlap: { chat: 1, rate: 2, compare: 3 },
  review: { rate: { newcomer: 10, share: 0.07 } },
  adjudicate_below: 0.4,
  hazard_consent: true,
};

describe("how work is handed out", () => {
  it("comes back as it was when nothing is changed", () => {
    expect(policyOf(policyForm(policy))).toEqual(policy);
  });
  it("shows the kinds of the server in the order of the menus, and shares in percent", () => {
    const form = policyForm(policy);
    expect(Object.keys(form.kinds)).toEqual(["compare", "rate", "chat"]);
    expect(form.kinds.rate).toMatchObject({ reviewed: true, share: 7 });
    expect(form.adjudicate).toBe(40);
  });
  it("is sent without the kinds that are not reviewed", () => {
    const form = policyForm(policy);
    form.kinds.rate = { ...form.kinds.rate!, reviewed: false };
    expect(policyOf(form).review).toEqual({});
  });
  it("names what the server would refuse, at its place", () => {
    const form = policyForm(policy);
    form.kinds.compare = { ...form.kinds.compare!, people: 0 };
    form.kinds.rate = { people: "", reviewed: true, newcomer: 1.5, share: 4 };
    form.adjudicate = 101;
    expect(Object.keys(policyProblems(form))).toEqual(["/overlap/compare", "/overlap/rate", "/review/rate/newcomer", "/review/rate/share", "/adjudicate_below"]);
    expect(policyProblems(policyForm(policy))).toEqual({});
  });
  it("does not look at the figures of a kind that is not reviewed", () => {
    const form = policyForm(policy);
    form.kinds.chat = { ...form.kinds.chat!, newcomer: "", share: 1 };
    expect(policyProblems(form)).toEqual({});
    expect(samePolicy(form, policyForm(policy))).toBe(true);
    expect(samePolicy({ ...form, consent: false }, form)).toBe(false);
  });
});

it("a refusal is found at its place and at what holds the place", () => {
  const problems = problemsOf(new ApiError(422, { detail: "too many", where: "/overlap/rate" }));
  expect(at(problems, "/overlap/rate")).toBe("Too many.");
  expect(at(problems, "/overlap")).toBe("Too many.");
  expect(at(problems, "/over")).toBeUndefined();
  expect(problemsOf(new ApiError(500, { detail: "no" }))).toEqual({});
});
