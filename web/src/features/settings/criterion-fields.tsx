import { NumberInput, Textarea, TextInput } from "@mantine/core";
import type { Problems } from "./problems";
import { limits, rekeyed, relabelled, type CriterionDraft } from "./rubric";

type Props = { criterion: CriterionDraft; where: string; others: string[]; fresh: boolean; problems: Problems; change: (criterion: CriterionDraft) => void };

export function CriterionFields({ criterion, where, others, fresh, problems, change }: Props) {
  const problem = (field: string) => problems[`${where}/${field}`];
  return (
    <div className="entry-criterion">
      <Textarea label="What an answer does" required autosize minRows={1} dir="auto" autoFocus={fresh} value={criterion.label} error={problem("label")}
        onChange={(event) => change(relabelled(criterion, event.currentTarget.value, others, limits.criterionKey))} />
      <TextInput label="Key" required classNames={{ input: "mono" }} spellCheck={false} autoCapitalize="off" value={criterion.key} error={problem("key")} onChange={(event) => change(rekeyed(criterion, event.currentTarget.value))} />
      <NumberInput label="Weight" required hideControls clampBehavior="none" value={criterion.weight} error={problem("weight")} onChange={(weight) => change({ ...criterion, weight })} />
    </div>
  );
}
