import type { Cell } from "../../api/types";
import { place, type Extent } from "../../shared/scale";

const width = 98;
const height = 16;
const margin = 5;

// A dot with its 95 % interval; the dashed line is the baseline. The figures beside it say the same in words.
export function IntervalPlot({ cell, reference, extent, tone }: { cell: Cell; reference: Cell | undefined; extent: Extent; tone: string }) {
  const at = (value: number) => place(value, extent, margin, width - margin);
  const middle = height / 2;
  return (
    <svg className={`whisker ${tone}`} viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden>
      <line className="axis" x1={margin} x2={width - margin} y1={middle} y2={middle} />
      {reference ? <line className="reference" x1={at(reference.value)} x2={at(reference.value)} y1={1} y2={height - 1} /> : null}
      {cell.low !== null && cell.high !== null ? (
        <>
          <line className="line" x1={at(cell.low)} x2={at(cell.high)} y1={middle} y2={middle} />
          <line className="line" x1={at(cell.low)} x2={at(cell.low)} y1={middle - 4} y2={middle + 4} />
          <line className="line" x1={at(cell.high)} x2={at(cell.high)} y1={middle - 4} y2={middle + 4} />
        </>
      ) : null}
      <circle className="dot" cx={at(cell.value)} cy={middle} r={4} />
    </svg>
  );
}
