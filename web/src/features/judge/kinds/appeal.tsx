import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useGlobalKeys } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { chooseByArrows } from "../../../shared/radio-keys";
import { emptyWork } from "../work";
import { EarlierWorkView, PlainAnswers } from "./earlier-work";
import { ownPart, type KindPage, type Part } from "./kind";

type Decision = "none" | "upheld" | "overturned";
const state = ownPart<{ decision: Decision; why: string }>("appeal", { decision: "none", why: "" });

const decisions: { decision: Decision; label: string; key: string }[] = [
  { decision: "overturned", label: "The judgment stands after all", key: "1" },
  { decision: "upheld", label: "The rejection stays", key: "2" },
];

function AppealLeft({ project, task }: Part) {
  return (
    <>
      <PlainAnswers task={task} />
      <EarlierWorkView project={project} task={task} />
    </>
  );
}

function AppealForm({ work, change }: Part) {
  const { decision, why } = state.of(work);
  const choose = (chosen: Decision) => change((before) => state.set(before, { decision: chosen }));
  useGlobalKeys(Object.fromEntries(decisions.map(({ decision: one, key }) => [key, () => choose(one)])));
  return (
    <Stack gap="sm">
      <Text fw={600}>Was the rejection right?</Text>
      <Stack gap={6} role="radiogroup" onKeyDown={chooseByArrows} aria-label="Decision">
        {decisions.map(({ decision: one, label, key }) => (
          <Button key={one} role="radio" aria-checked={decision === one} justify="space-between" variant={decision === one ? "filled" : "default"} rightSection={<KeyHint label={key} />} onClick={() => choose(one)}>
            {label}
          </Button>
        ))}
      </Stack>
      <Textarea label="Reason for the person" autosize minRows={3} dir="auto" required value={why} data-wanted={why.trim() === "" || undefined}
        onChange={(event) => { const text = event.currentTarget.value; change((before) => state.set(before, { why: text })); }} />
    </Stack>
  );
}

export const appeal: KindPage = {
  none: "No appeal waits for a decision",
  payload: (work) => ({ decision: state.of(work).decision, reason: state.of(work).why }),
  missing: (_, work) => {
    const { decision, why } = state.of(work);
    if (decision === "none") return "Choose a decision.";
    return why.trim() === "" ? "Give the person a reason." : null;
  },
  restored: () => emptyWork(),
  Left: AppealLeft,
  Form: AppealForm,
};
