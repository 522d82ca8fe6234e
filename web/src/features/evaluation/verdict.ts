// When a figure may be called better or worse than the baseline's, and how the two are drawn.
import type { Cell, Column, Evaluation } from "../../api/types";
import { extentOf, type Extent } from "../../shared/scale";

export type Verdict = { is: "baseline" } | { is: "better" } | { is: "worse" } | { is: "open" };

// What a blind win rate is held against: a coin. The baseline has no such figure of its own.
const evenWinRate: Cell = { value: 0.5, low: 0.5, high: 0.5, n: 0 };

export function referenceOf(evaluation: Evaluation, column: Column): Cell | undefined {
  const row = evaluation.rows.find((candidate) => candidate.model_id === evaluation.baseline_model_id);
  return row?.cells[column.key] ?? (column.key === "win_rate" ? evenWinRate : undefined);
}

// Better or worse only when the two 95 % intervals are apart; everything else stays open.
export function verdictOf(column: Column, cell: Cell, reference: Cell | undefined): Verdict {
  if (column.better === "none" || !reference) return { is: "open" };
  const { low, high } = cell;
  if (low === null || high === null || reference.low === null || reference.high === null) return { is: "open" };
  const above = low > reference.high;
  const below = high < reference.low;
  if (!above && !below) return { is: "open" };
  return { is: above === (column.better === "higher") ? "better" : "worse" };
}

// One scale for a column, so that its rows can be compared by eye.
export function columnExtent(evaluation: Evaluation, column: Column): Extent {
  if (column.unit === "share") return { low: 0, high: 1 };
  const cells = evaluation.rows.map((row) => row.cells[column.key]);
  return extentOf([...cells.flatMap((cell) => (cell ? [cell.value, cell.low, cell.high] : [])), 0]);
}

// What says better or worse stands before what only describes.
export function orderedColumns(evaluation: Evaluation): Column[] {
  return [...evaluation.columns].sort((a, b) => Number(a.better === "none") - Number(b.better === "none"));
}

// The baseline first, the others in the order they were made.
export function orderedRows(evaluation: Evaluation): Evaluation["rows"] {
  const first = (id: number) => (id === evaluation.baseline_model_id ? 0 : 1);
  return [...evaluation.rows].sort((a, b) => first(a.model_id) - first(b.model_id) || a.model_id - b.model_id);
}
