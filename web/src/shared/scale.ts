// From figures to places in a drawing.
export type Extent = { low: number; high: number };

// The extent of all finite values; a single value gets some room on both sides, none gives 0–1.
export function extentOf(values: readonly (number | null | undefined)[]): Extent {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { low: 0, high: 1 };
  if (low === high) return { low: low - 0.5, high: high + 0.5 };
  return { low, high };
}

export function place(value: number, from: Extent, begin: number, end: number): number {
  return begin + ((value - from.low) / (from.high - from.low)) * (end - begin);
}

// At most `most` points of a long curve, each the mean of its bin, so that the noise of single steps does not hide the course.
export function thinned(points: readonly { x: number; y: number }[], most: number): { x: number; y: number }[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, bin) => {
    const part = points.slice(Math.floor((bin * points.length) / most), Math.floor(((bin + 1) * points.length) / most));
    const mean = (pick: (point: { x: number; y: number }) => number) => part.reduce((sum, point) => sum + pick(point), 0) / part.length;
    return { x: mean((point) => point.x), y: mean((point) => point.y) };
  });
}

export function linePath(points: readonly { x: number; y: number }[]): string {
  return points.map((point, at) => `${at === 0 ? "M" : "L"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join("");
}

// The moving mean over a tenth of the points on each side, so that the course can be seen through the noise.
export function smoothed(points: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  const reach = Math.floor(points.length / 10);
  return points.map(({ x }, at) => {
    const near = points.slice(Math.max(0, at - reach), at + reach + 1);
    return { x, y: near.reduce((sum, point) => sum + point.y, 0) / near.length };
  });
}
