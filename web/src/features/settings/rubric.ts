// A rubric while it is written. Each entry has a number of its own, so that fields stay with it when it moves.
import type { Criterion, Dimension, NewRubric } from "../../api/types";
import { freeKey, keyFrom } from "./keys";
import { wholeWithin, type Typed } from "./policy";

export const limits = { dimensions: 20, criteria: 100, dimensionKey: 40, criterionKey: 64, label: 100, anchor: 500, criterion: 2000, scale: 100, weight: 100 };

// keyTyped: the key no longer follows the label, because it was typed or has been in use.
type Named = { id: number; key: string; keyTyped: boolean; label: string };
export type DimensionDraft = Named & { low: Typed; high: Typed; anchors: Record<string, string>; below: Typed };
export type CriterionDraft = Named & { weight: Typed };
export type RubricDraft = { dimensions: DimensionDraft[]; criteria: CriterionDraft[]; next: number };
export type Content = { dimensions: Dimension[]; criteria: Criterion[] };

export const nothing: Content = { dimensions: [], criteria: [] };

export function draftOf({ dimensions, criteria }: Content, first = 1): RubricDraft {
  let next = first;
  return {
    dimensions: dimensions.map(({ key, label, scale_min, scale_max, anchors, reason_required_below }) => ({
      id: next++, key, keyTyped: true, label, low: scale_min, high: scale_max, below: reason_required_below ?? "",
      anchors: Object.fromEntries(anchors.map((text, place) => [String(scale_min + place), text])),
    })),
    criteria: criteria.map(({ key, label, weight }) => ({ id: next++, key, keyTyped: true, label, weight })),
    next,
  };
}

// The points of the scale, lowest first; none while the scale is no scale.
export function pointsOf({ low, high }: DimensionDraft): number[] {
  if (!wholeWithin(low, 0, limits.scale) || !wholeWithin(high, Number(low) + 1, limits.scale)) return [];
  return Array.from({ length: Number(high) - Number(low) + 1 }, (_, place) => Number(low) + place);
}

function anchorsOf(dimension: DimensionDraft): string[] {
  const anchors = pointsOf(dimension).map((point) => dimension.anchors[point]?.trim() ?? "");
  return anchors.every((text) => text === "") ? [] : anchors;
}

export function rubricOf(draft: RubricDraft): NewRubric {
  return {
    dimensions: draft.dimensions.map((dimension) => ({
      key: dimension.key, label: dimension.label.trim(), scale_min: Number(dimension.low), scale_max: Number(dimension.high),
      anchors: anchorsOf(dimension), reason_required_below: String(dimension.below).trim() === "" ? null : Number(dimension.below),
    })),
    criteria: draft.criteria.map(({ key, label, weight }) => ({ key, label: label.trim(), weight: Number(weight) })),
  };
}

export function sameRubric(a: RubricDraft, b: RubricDraft): boolean {
  return JSON.stringify(rubricOf(a)) === JSON.stringify(rubricOf(b));
}

export function withDimension(draft: RubricDraft): RubricDraft {
  const fresh: DimensionDraft = { id: draft.next, key: "", keyTyped: false, label: "", low: 1, high: 5, anchors: {}, below: 3 };
  return { ...draft, dimensions: [...draft.dimensions, fresh], next: draft.next + 1 };
}

export function withCriterion(draft: RubricDraft): RubricDraft {
  return { ...draft, criteria: [...draft.criteria, { id: draft.next, key: "", keyTyped: false, label: "", weight: 5 }], next: draft.next + 1 };
}

export function relabelled<Entry extends Named>(entry: Entry, label: string, others: string[], most: number): Entry {
  if (entry.keyTyped) return { ...entry, label };
  const wanted = keyFrom(label, most);
  return { ...entry, label, key: wanted === "" ? "" : freeKey(wanted, others, most) };
}

// An emptied key follows the label again.
export function rekeyed<Entry extends Named>(entry: Entry, key: string): Entry {
  return { ...entry, key, keyTyped: key !== "" };
}

export function replaced<Entry extends Named>(list: Entry[], entry: Entry): Entry[] {
  return list.map((one) => (one.id === entry.id ? entry : one));
}

export function moved<Entry extends Named>(list: Entry[], id: number, by: -1 | 1): Entry[] {
  const from = list.findIndex((entry) => entry.id === id);
  const [one, other] = [list[from], list[from + by]];
  if (!one || !other) return list;
  return list.map((entry) => (entry === one ? other : entry === other ? one : entry));
}
