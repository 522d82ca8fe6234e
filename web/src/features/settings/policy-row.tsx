import { NumberInput, Switch } from "@mantine/core";
import { kindName } from "../../shared/kinds";
import type { KindRule, Typed } from "./policy";
import { at, type Problems } from "./problems";

type FigureProps = { label: string; suffix?: string; value: Typed; change: (value: Typed) => void; error: string | undefined };

// Nothing is corrected behind one's back: what does not fit stays, with what is wrong below it.
export function Figure({ label, suffix, value, change, error }: FigureProps) {
  return <NumberInput className="short-figure" size="xs" aria-label={label} suffix={suffix ?? ""} hideControls clampBehavior="none" value={value} onChange={change} error={error} />;
}

type Props = { kind: string; rule: KindRule; change: (rule: KindRule) => void; problems: Problems };

export function PolicyRow({ kind, rule, change, problems }: Props) {
  const name = kindName(kind);
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-label="People for each task">
        <Figure label={`${name}: people for each task`} value={rule.people} change={(people) => change({ ...rule, people })} error={at(problems, `/overlap/${kind}`)} />
      </td>
      <td data-label="Reviewed">
        <Switch aria-label={`${name}: reviewed`} checked={rule.reviewed} onChange={(event) => change({ ...rule, reviewed: event.currentTarget.checked })} error={rule.reviewed ? problems[`/review/${kind}`] : undefined} />
      </td>
      {rule.reviewed ? (
        <>
          <td data-label="A newcomer’s first">
            <Figure label={`${name}: all of a newcomer’s first`} value={rule.newcomer} change={(newcomer) => change({ ...rule, newcomer })} error={at(problems, `/review/${kind}/newcomer`)} />
          </td>
          <td data-label="Then of the others">
            <Figure label={`${name}: share of the others, in percent`} suffix=" %" value={rule.share} change={(share) => change({ ...rule, share })} error={at(problems, `/review/${kind}/share`)} />
          </td>
        </>
      ) : (
        <td colSpan={2} className="nothing-here" />
      )}
    </tr>
  );
}
