import type { Column } from "../../api/types";
import { figure } from "../../shared/format";

// One answer either has a property or has not; only over many answers it becomes a share.
export function metricText(value: number, unit: string): string {
  if (unit === "share" && (value === 0 || value === 1)) return value === 1 ? "yes" : "no";
  if (Number.isInteger(value) && unit !== "share") return `${value}${unit ? ` ${unit}` : ""}`;
  return figure(value, unit);
}

export function toneOf(column: Column, value: number): "good" | "bad" | "plain" {
  if (column.better === "none" || column.unit !== "share" || (value !== 0 && value !== 1)) return "plain";
  return (value === 1) === (column.better === "higher") ? "good" : "bad";
}
