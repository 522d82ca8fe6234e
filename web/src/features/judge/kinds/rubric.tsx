import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { chooseByArrows } from "../../../shared/radio-keys";
import type { HandedTask } from "../../../api/types";
import { emptyWork } from "../work";
import { ownPart, type KindPage, type Part } from "./kind";

const state = ownPart<{ met: Record<string, boolean>; notes: Record<string, string> }>("rubric", { met: {}, notes: {} });

// Points met over points that can be had, between 0 and 1: what the server computes too.
export function scoreOf(criteria: HandedTask["rubric"]["criteria"], met: Record<string, boolean>): number {
  const points = criteria.reduce((sum, { key, weight }) => sum + (met[key] ? weight : 0), 0);
  const possible = criteria.reduce((sum, { weight }) => sum + Math.max(weight, 0), 0);
  return possible === 0 ? 0 : Math.min(1, Math.max(0, points / possible));
}

function RubricForm({ task, work, change }: Part) {
  const { met, notes } = state.of(work);
  const { criteria } = task.rubric;
  const say = (key: string, value: boolean) => change((before) => state.set(before, { met: { ...state.of(before).met, [key]: value } }));
  const note = (key: string, text: string) => change((before) => state.set(before, { notes: { ...state.of(before).notes, [key]: text } }));
  return (
    <Stack gap="md">
      <Text fw={600}>Does the answer do this?</Text>
      {criteria.length === 0 ? <Text size="sm">The rubric of this task has no criteria. Skip it and tell a lead.</Text> : null}
      {criteria.map(({ key, label, weight }) => (
        <div key={key}>
          <Text size="sm" id={`criterion-${key}`} className="breaks">
            {label}{" "}
            <Text span size="xs" c="dimmed">
              {weight > 0 ? `+${weight}` : `−${-weight}, better not`}
            </Text>
          </Text>
          <Group gap={6} mt={4} role="radiogroup" onKeyDown={chooseByArrows} aria-labelledby={`criterion-${key}`} wrap="nowrap">
            {[true, false].map((value) => (
              <Button key={String(value)} size="xs" role="radio" data-wanted={(value && met[key] === undefined) || undefined} aria-checked={met[key] === value} variant={met[key] === value ? "filled" : "default"} onClick={() => say(key, value)}>
                {value ? "Yes" : "No"}
              </Button>
            ))}
            <TextInput flex={1} size="xs" aria-label={`Note on: ${label}`} placeholder="Note" dir="auto" value={notes[key] ?? ""} onChange={(event) => note(key, event.currentTarget.value)} />
          </Group>
        </div>
      ))}
      <Text size="sm" role="status">
        {Object.keys(met).length} of {criteria.length} answered · {Math.round(100 * scoreOf(criteria, met))} of 100 points
      </Text>
    </Stack>
  );
}

export const rubric: KindPage = {
  none: "No answer waits to be held against the rubric",
  payload: (work) => {
    const { met, notes } = state.of(work);
    return { met, notes: Object.fromEntries(Object.entries(notes).filter(([, text]) => text.trim() !== "")) };
  },
  missing: (task, work) => {
    const open = task.rubric.criteria.find(({ key }) => state.of(work).met[key] === undefined);
    if (task.rubric.criteria.length === 0) return "There is nothing to answer here. Skip the task.";
    return open ? `Say yes or no: ${open.label}` : null;
  },
  restored: (sent) => state.set(emptyWork(), { met: sent.met as Record<string, boolean>, notes: sent.notes as Record<string, string> }),
  Form: RubricForm,
};
