import { Text } from "@mantine/core";
import type { RunWithSteps } from "../../api/types";
import { extentOf, linePath, place, smoothed, thinned } from "../../shared/scale";
import { plain } from "../../shared/words";

const width = 320;
const height = 104;
const margin = { left: 40, right: 6, top: 8, bottom: 18 };
const mostPoints = 120;

type Point = { x: number; y: number };

export function lossPoints(steps: RunWithSteps["steps"]): Point[] {
  return steps.flatMap((step) => {
    const loss = step.metrics?.loss;
    return typeof loss === "number" && Number.isFinite(loss) ? [{ x: step.step, y: loss }] : [];
  });
}

// Single steps are faint; the strong line is their moving mean.
export function LossCurve({ run }: { run: RunWithSteps }) {
  const points = lossPoints(run.steps);
  const course = smoothed(points);
  const first = course[0];
  const last = course.at(-1);
  if (!first || !last || points.length < 2)
    return (
      <Text size="sm" c="dimmed">
        The curve begins with the second step.
      </Text>
    );
  const xs = extentOf(points.map((point) => point.x));
  const ys = extentOf(points.map((point) => point.y));
  const path = (line: Point[]) =>
    linePath(
      thinned(line, mostPoints).map((point) => ({
        x: place(point.x, xs, margin.left, width - margin.right),
        y: place(point.y, ys, height - margin.bottom, margin.top),
      })),
    );
  return (
    <figure className="curve">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Loss over ${last.x} steps, from ${plain(first.y)} to ${plain(last.y)}`}>
        <line className="axis" x1={margin.left} x2={width - margin.right} y1={height - margin.bottom} y2={height - margin.bottom} />
        <line className="axis" x1={margin.left} x2={margin.left} y1={margin.top} y2={height - margin.bottom} />
        <text x={margin.left - 6} y={margin.top + 8} textAnchor="end">{ys.high.toPrecision(2)}</text>
        <text x={margin.left - 6} y={height - margin.bottom} textAnchor="end">{ys.low.toPrecision(2)}</text>
        <text x={margin.left} y={height - 4}>step {xs.low}</text>
        <text x={width - margin.right} y={height - 4} textAnchor="end">{xs.high}</text>
        <path className="line faint" d={path(points)} />
        <path className="line" d={path(course)} />
      </svg>
      <figcaption>
        Loss, from {first.y.toPrecision(2)} to {last.y.toPrecision(2)}
      </figcaption>
    </figure>
  );
}
