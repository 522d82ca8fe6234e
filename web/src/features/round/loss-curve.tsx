import { Text } from "@mantine/core";
import type { RunWithSteps } from "../../api/types";
import { extentOf, linePath, place, thinned } from "../../shared/scale";
import { plain } from "../../shared/words";

const width = 320;
const height = 110;
const margin = { left: 44, right: 8, top: 8, bottom: 20 };
const mostPoints = 120;

export function lossPoints(steps: RunWithSteps["steps"]): { x: number; y: number }[] {
  return steps.flatMap((step) => {
    const loss = step.metrics?.loss;
    return typeof loss === "number" && Number.isFinite(loss) ? [{ x: step.step, y: loss }] : [];
  });
}

export function LossCurve({ run }: { run: RunWithSteps }) {
  const points = lossPoints(run.steps);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2)
    return (
      <Text size="sm" c="dimmed">
        The curve begins with the second step.
      </Text>
    );
  const shown = thinned(points, mostPoints);
  const xs = extentOf(shown.map((point) => point.x));
  const ys = extentOf(shown.map((point) => point.y));
  const drawn = shown.map((point) => ({
    x: place(point.x, xs, margin.left, width - margin.right),
    y: place(point.y, ys, height - margin.bottom, margin.top),
  }));
  return (
    <figure className="curve">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Loss over ${last.x} steps, from ${plain(first.y)} to ${plain(last.y)}`}>
        <line className="axis" x1={margin.left} x2={width - margin.right} y1={height - margin.bottom} y2={height - margin.bottom} />
        <line className="axis" x1={margin.left} x2={margin.left} y1={margin.top} y2={height - margin.bottom} />
        <text x={margin.left - 6} y={margin.top + 8} textAnchor="end">{ys.high.toPrecision(3)}</text>
        <text x={margin.left - 6} y={height - margin.bottom} textAnchor="end">{ys.low.toPrecision(3)}</text>
        <text x={margin.left} y={height - 5}>step {first.x}</text>
        <text x={width - margin.right} y={height - 5} textAnchor="end">{last.x}</text>
        <path className="line" d={linePath(drawn)} />
      </svg>
      <figcaption>Loss</figcaption>
    </figure>
  );
}
