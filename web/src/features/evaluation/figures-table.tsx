import { Badge, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Cell, Column, Evaluation, EvaluationRow, Project } from "../../api/types";
import { count, figure } from "../../shared/format";
import { TableScroll } from "../../shared/table-scroll";
import { IntervalPlot } from "./interval-plot";
import { columnExtent, orderedColumns, orderedRows, referenceOf, verdictOf } from "./verdict";

const directions = { higher: "higher is better", lower: "lower is better", none: "" } as const;

function interval(cell: Cell, unit: string): string {
  if (cell.low === null || cell.high === null) return "no interval";
  if (unit === "share") return `${Math.round(100 * cell.low)} to ${figure(cell.high, unit)}`;
  return `${figure(cell.low, "")} to ${figure(cell.high, "")}`;
}

function Figure({ evaluation, column, row }: { evaluation: Evaluation; column: Column; row: EvaluationRow }) {
  const cell = row.cells[column.key];
  if (!cell)
    return (
      <td>
        <Text size="sm" c="dimmed">
          not measured
        </Text>
      </td>
    );
  const reference = referenceOf(evaluation, column);
  const verdict = row.model_id === evaluation.baseline_model_id ? { is: "baseline" as const } : verdictOf(column, cell, reference);
  const tone = verdict.is === "better" || verdict.is === "worse" ? verdict.is : "even";
  return (
    <td>
      <div className={`figure ${tone}`}>
        {figure(cell.value, column.unit)}
        {tone === "even" ? null : <span className="verdict">{tone}</span>}
      </div>
      <IntervalPlot cell={cell} reference={reference} extent={columnExtent(evaluation, column)} tone={tone} />
      <Text size="xs" c="dimmed" className="stays">
        {interval(cell, column.unit)}, n {count(cell.n)}
      </Text>
    </td>
  );
}

export function FiguresTable({ project, evaluation }: { project: Project; evaluation: Evaluation }) {
  const columns = orderedColumns(evaluation);
  return (
    <>
      <TableScroll label="Figures of the models">
        <table className="figures figures-wide">
          <thead>
            <tr>
              <th scope="col">Model</th>
              {columns.map((column) => (
                <th key={column.key} scope="col">
                  {column.label}
                  <Text size="xs" c="dimmed" fw={400}>
                    {[directions[column.better], `by ${column.source}`].filter(Boolean).join(", ")}
                  </Text>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {orderedRows(evaluation).map((row) => (
              <tr key={row.model_id}>
                <th scope="row">
                  <Link to={`/p/${project.id}/models/${row.model_id}`}>
                    <bdi className="row-name">{row.name}</bdi>
                  </Link>
                  {row.model_id === evaluation.baseline_model_id ? (
                    <div>
                      <Badge size="xs" variant="default">
                        baseline
                      </Badge>
                    </div>
                  ) : null}
                </th>
                {columns.map((column) => (
                  <Figure key={column.key} evaluation={evaluation} column={column} row={row} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
      <Text size="xs" c="dimmed" mt="xs">
        Each dot with its 95 % interval, clustered by prompt; the dashed line is the baseline. “Better” and “worse” stand only where the two intervals are apart; everything else may
        be chance.
      </Text>
    </>
  );
}
