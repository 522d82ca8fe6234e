// What a snapshot left out, most first.
export function leftOut(summary: Record<string, unknown> | null): { reason: string; judgments: number }[] {
  const omitted = summary?.left_out;
  if (typeof omitted !== "object" || omitted === null) return [];
  return Object.entries(omitted)
    .flatMap(([reason, judgments]) => (typeof judgments === "number" && judgments > 0 ? [{ reason, judgments }] : []))
    .sort((a, b) => b.judgments - a.judgments);
}
