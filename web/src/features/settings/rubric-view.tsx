import { Text, Title } from "@mantine/core";
import type { Criterion, Dimension } from "../../api/types";
import type { Content } from "./rubric";

function DimensionCard({ dimension }: { dimension: Dimension }) {
  const { label, scale_min, scale_max, anchors, reason_required_below: below } = dimension;
  return (
    <li className="card">
      <Text fw={600} dir="auto" className="breaks">{label}</Text>
      <Text size="xs" c="dimmed">
        {scale_min} to {scale_max}
        {below === null ? "" : below > scale_max ? " · always with a reason" : ` · below ${below} with a reason`}
      </Text>
      {anchors.length > 0 ? (
        <dl className="facts">
          {anchors.map((text, place) => (
            <div key={place} className="fact">
              <dt>{scale_min + place}</dt>
              <dd dir="auto">{text || "–"}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </li>
  );
}

function CriterionLine({ criterion: { label, weight } }: { criterion: Criterion }) {
  return (
    <li className="criterion">
      <span className={`measure ${weight > 0 ? "measure-good" : "measure-bad"}`}>
        <span className="only-heard">{weight > 0 ? "Adds " : "Takes away "}</span>
        {weight > 0 ? `+${weight}` : `−${-weight}`}
      </span>
      <Text size="sm" dir="auto" className="breaks">{label}</Text>
    </li>
  );
}

export function RubricView({ rubric }: { rubric: Content }) {
  return (
    <div className="stack">
      <Title order={3}>Dimensions</Title>
      <ul className="plain-list rubric-grid">
        {rubric.dimensions.map((dimension) => <DimensionCard key={dimension.key} dimension={dimension} />)}
      </ul>
      <Title order={3}>Criteria</Title>
      {rubric.criteria.length === 0 ? (
        <Text size="sm" c="dimmed">None. The kind of work “Rubric” needs some: an answer meets each or does not.</Text>
      ) : (
        <ul className="card rows">
          {rubric.criteria.map((criterion) => <CriterionLine key={criterion.key} criterion={criterion} />)}
        </ul>
      )}
    </div>
  );
}
