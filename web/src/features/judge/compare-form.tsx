import { Button, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import type { HandedTask } from "../../api/types";
import { useGlobalKeys } from "../../shared/global-keys";
import { KeyHint } from "../../shared/key-hint";
import type { Outcome, Strength, Work } from "./work";

type Props = { task: HandedTask; work: Work; change: (update: (before: Work) => Work) => void };

const strengths: { value: Strength; label: string; key: string }[] = [
  { value: "slightly", label: "Slightly", key: "q" },
  { value: "clearly", label: "Clearly", key: "w" },
  { value: "much", label: "Much", key: "e" },
];

export function choicesOf(task: HandedTask): { key: string; label: string; outcome: Outcome }[] {
  const letters = ["A", "B", "C", "D", "E", "F", "G", "H"];
  const answers = task.responses.map((response, place) => ({
    key: String(place + 1),
    label: `Answer ${letters[place]} is better`,
    outcome: { is: "better", response: response.id } as const,
  }));
  const next = answers.length;
  return [
    ...answers,
    { key: String(next + 1), label: "Equally good", outcome: { is: "tie" } },
    { key: String(next + 2), label: "Both bad", outcome: { is: "both_bad" } },
  ];
}

function same(a: Outcome, b: Outcome): boolean {
  return a.is === b.is && (a.is !== "better" || (b.is === "better" && a.response === b.response));
}

export function CompareForm({ task, work, change }: Props) {
  const choices = choicesOf(task);
  const choose = (outcome: Outcome) => change((before) => ({ ...before, outcome }));
  const setStrength = (strength: Strength) => change((before) => ({ ...before, strength }));
  const keys: Record<string, () => void> = {};
  for (const choice of choices) keys[choice.key] = () => choose(choice.outcome);
  for (const strength of strengths) keys[strength.key] = () => setStrength(strength.value);
  useGlobalKeys(keys);
  return (
    <Stack gap="sm">
      <Text fw={600}>Which answer would you rather see sent?</Text>
      <Stack gap={8} role="radiogroup" aria-label="Choice">
        {choices.map((choice) => {
          const chosen = same(work.outcome, choice.outcome);
          return (
            <Button key={choice.key} role="radio" aria-checked={chosen} justify="space-between" variant={chosen ? "filled" : "default"}
              rightSection={<KeyHint label={choice.key} />} onClick={() => choose(choice.outcome)}>
              {choice.label}
            </Button>
          );
        })}
      </Stack>
      {work.outcome.is === "better" ? (
        <div>
          <Text size="sm" fw={600} mb={4}>
            How much better?
          </Text>
          <SegmentedControl fullWidth aria-label="How much better" value={work.strength} onChange={(value) => setStrength(value as Strength)}
            data={strengths.map(({ value, label, key }) => ({ value, label: <>{label}<KeyHint label={key} /></> }))} />
        </div>
      ) : null}
      <Textarea label="Reason" description="What decided it? One sentence helps the reviewers and the model." autosize minRows={3} maxRows={10} dir="auto"
        value={work.reason} onChange={(event) => { const reason = event.currentTarget.value; change((before) => ({ ...before, reason })); }} />
    </Stack>
  );
}
