import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useGlobalKeys } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { emptyWork, flagNames, toggledFlag, type Work } from "../work";
import { ownPart, type KindPage, type Part } from "./kind";

const state = ownPart("flag", { nothing: false });

function FlagForm({ task, work, change }: Part) {
  const response = task.responses[0]?.id ?? 0;
  const toggle = (flag: (typeof flagNames)[number]["flag"]) => change((before) => state.set(toggledFlag(before, response, flag), { nothing: false }));
  const nothing = () => change((before) => state.set({ ...before, flags: [] }, { nothing: !state.of(before).nothing }));
  const keys: Record<string, () => void> = { "0": nothing };
  flagNames.forEach(({ flag }, place) => { keys[String(place + 1)] = () => toggle(flag); });
  useGlobalKeys(keys);
  const none = state.of(work).nothing;
  return (
    <Stack gap="sm">
      <Text fw={600}>What is the matter with this answer?</Text>
      <Stack gap={6} role="group" aria-label="Flags">
        {flagNames.map(({ flag, label }, place) => {
          const set = work.flags.some((entry) => entry.flag === flag);
          return (
            <Button key={flag} role="checkbox" aria-checked={set} justify="space-between" variant={set ? "filled" : "default"} color={set ? "red.9" : undefined}
              rightSection={<KeyHint label={String(place + 1)} />} onClick={() => toggle(flag)}>
              {label}
            </Button>
          );
        })}
        <Button role="checkbox" aria-checked={none} justify="space-between" variant={none ? "filled" : "default"} rightSection={<KeyHint label="0" />} onClick={nothing}>
          Nothing to flag
        </Button>
      </Stack>
      <Textarea label="Note" autosize minRows={2} dir="auto" value={work.note}
        onChange={(event) => { const note = event.currentTarget.value; change((before) => ({ ...before, note })); }} />
    </Stack>
  );
}

export const flag: KindPage = {
  none: "No answer waits to be flagged",
  payload: (work) => ({ flags: work.flags, nothing: state.of(work).nothing, note: work.note }),
  missing: (_, work) => (work.flags.length === 0 && !state.of(work).nothing ? "Set a flag, or say that there is nothing to flag." : null),
  restored: (sent) => state.set({ ...emptyWork(), flags: sent.flags as Work["flags"], note: sent.note as string }, { nothing: sent.nothing as boolean }),
  Form: FlagForm,
};
