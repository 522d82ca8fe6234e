import { describe, expect, it } from "vitest";
import type { Cell, Column, Evaluation } from "../../api/types";
import { metricText } from "./metric-text";
import { columnExtent, orderedColumns, orderedRows, referenceOf, verdictOf } from "./verdict";

const column = (better: Column["better"], key = "right", unit = "share"): Column => ({ key, label: key, better, unit, source: "truth" });
const cell = (low: number | null, value: number, high: number | null): Cell => ({ low, value, high, n: 40 });
const baseline = cell(0.3, 0.4, 0.5);

describe("a figure", () => {
  it("is better only when its interval lies apart on the right side", () => {
    expect(verdictOf(column("higher"), cell(0.51, 0.6, 0.7), baseline)).toEqual({ is: "better" });
    expect(verdictOf(column("lower"), cell(0.51, 0.6, 0.7), baseline)).toEqual({ is: "worse" });
    expect(verdictOf(column("lower"), cell(0.1, 0.2, 0.29), baseline)).toEqual({ is: "better" });
  });
  it("stays open while the intervals touch", () => {
    expect(verdictOf(column("higher"), cell(0.5, 0.6, 0.7), baseline)).toEqual({ is: "open" });
    expect(verdictOf(column("higher"), cell(0.1, 0.9, 1), baseline)).toEqual({ is: "open" });
  });
  it("stays open without a direction, a baseline or an interval", () => {
    expect(verdictOf(column("none"), cell(0.8, 0.9, 1), baseline)).toEqual({ is: "open" });
    expect(verdictOf(column("higher"), cell(0.8, 0.9, 1), undefined)).toEqual({ is: "open" });
    expect(verdictOf(column("higher"), cell(null, 0.9, null), baseline)).toEqual({ is: "open" });
  });
});

const evaluation = {
  baseline_model_id: 2,
  rows: [
    { model_id: 1, name: "old", cells: { right: cell(0.5, 0.6, 0.7), kl: cell(1, 2, 4), win_rate: cell(0.55, 0.6, 0.65) } },
    { model_id: 3, name: "new", cells: {} },
    { model_id: 2, name: "base", cells: { right: baseline } },
  ],
} as unknown as Evaluation;

it("a figure is held against the baseline's, a blind win rate against a coin", () => {
  expect(referenceOf(evaluation, column("higher"))).toEqual(baseline);
  const rate = column("higher", "win_rate");
  expect(referenceOf(evaluation, rate)?.value).toBe(0.5);
  expect(verdictOf(rate, evaluation.rows[0]!.cells.win_rate!, referenceOf(evaluation, rate))).toEqual({ is: "better" });
  expect(referenceOf(evaluation, column("none", "kl"))).toBeUndefined();
});

it("the baseline stands first, the others as they were made", () => {
  expect(orderedRows(evaluation).map((row) => row.name)).toEqual(["base", "old", "new"]);
});

it("columns with a direction stand first, otherwise as they came", () => {
  const columns = [column("none", "length"), column("higher", "right"), column("none", "kl"), column("lower", "wrong")];
  expect(orderedColumns({ ...evaluation, columns }).map(({ key }) => key)).toEqual(["right", "wrong", "length", "kl"]);
});

it("a column has one scale: shares from 0 to 1, others with 0 and all interval ends", () => {
  expect(columnExtent(evaluation, column("higher"))).toEqual({ low: 0, high: 1 });
  expect(columnExtent(evaluation, column("none", "kl", "nats"))).toEqual({ low: 0, high: 4 });
});

it("one answer has a property or has not", () => {
  expect(metricText(1, "share")).toBe("yes");
  expect(metricText(0, "share")).toBe("no");
  expect(metricText(0.25, "share")).toBe("25 %");
  expect(metricText(0, "nats")).toBe("0 nats");
});
