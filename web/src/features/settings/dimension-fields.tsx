import { NumberInput, TextInput } from "@mantine/core";
import { at, type Problems } from "./problems";
import { limits, pointsOf, rekeyed, relabelled, type DimensionDraft } from "./rubric";

type Props = { dimension: DimensionDraft; where: string; others: string[]; fresh: boolean; problems: Problems; change: (dimension: DimensionDraft) => void };

const wordedAtOnce = 11;

function Anchors({ dimension, where, problems, change }: Omit<Props, "others" | "fresh">) {
  const points = pointsOf(dimension);
  if (points.length === 0) return null;
  return (
    <details open={points.length <= wordedAtOnce || at(problems, `${where}/anchors`) !== undefined}>
      <summary>What each point means</summary>
      <div className="anchors">
        {points.map((point, step) => (
          <TextInput key={point} size="xs" leftSection={point} aria-label={`What ${point} means`} dir="auto" value={dimension.anchors[point] ?? ""} error={problems[`${where}/anchors/${step}`]}
            onChange={(event) => change({ ...dimension, anchors: { ...dimension.anchors, [point]: event.currentTarget.value } })} />
        ))}
      </div>
    </details>
  );
}

export function DimensionFields({ dimension, where, others, fresh, problems, change }: Props) {
  const problem = (field: string) => problems[`${where}/${field}`];
  return (
    <>
      <div className="entry-names">
        <TextInput label="Name" required dir="auto" autoFocus={fresh} value={dimension.label} error={problem("label")} onChange={(event) => change(relabelled(dimension, event.currentTarget.value, others, limits.dimensionKey))} />
        <TextInput label="Key" required classNames={{ input: "mono" }} spellCheck={false} autoCapitalize="off" value={dimension.key} error={problem("key")} onChange={(event) => change(rekeyed(dimension, event.currentTarget.value))} />
      </div>
      <div className="entry-figures">
        <NumberInput label="Scale from" hideControls clampBehavior="none" value={dimension.low} error={problem("scale_min")} onChange={(low) => change({ ...dimension, low })} />
        <NumberInput label="to" hideControls clampBehavior="none" value={dimension.high} error={problem("scale_max")} onChange={(high) => change({ ...dimension, high })} />
        <NumberInput label="Reason if below" placeholder="never" hideControls clampBehavior="none" value={dimension.below} error={problem("reason_required_below")} onChange={(below) => change({ ...dimension, below })} />
      </div>
      <Anchors dimension={dimension} where={where} problems={problems} change={change} />
    </>
  );
}
