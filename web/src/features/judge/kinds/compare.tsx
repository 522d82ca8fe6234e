import { Button, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import type { HandedTask } from "../../../api/types";
import { useGlobalKeys } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { chooseByArrows } from "../../../shared/radio-keys";
import { emptyWork, type Outcome, type Payload, type Strength, type Work } from "../work";
import { letters, ownPart, type KindPage, type Part } from "./kind";
import { RankingFields } from "./compare-ranking";

export type Ranks = { ranks: Record<string, number>; dimensions: Record<string, number | null> };
export const comparison = ownPart<Ranks>("compare", { ranks: {}, dimensions: {} });

const strengths: { value: Strength; label: string; key: string }[] = [
  { value: "slightly", label: "Slightly", key: "q" },
  { value: "clearly", label: "Clearly", key: "w" },
  { value: "much", label: "Much", key: "e" },
];

export function choicesOf(task: HandedTask): { key: string; label: string; outcome: Outcome }[] {
  const answers = task.responses.map((response, place) => ({
    key: String(place + 1),
    label: `Answer ${letters[place]} is better`,
    outcome: { is: "better", response: response.id } as const,
  }));
  const next = answers.length;
  return [
    ...answers,
    { key: String(next + 1), label: "Equally good", outcome: { is: "tie" } },
    { key: String(next + 2), label: task.responses.length > 2 ? "All bad" : "Both bad", outcome: { is: "both_bad" } },
  ];
}

function same(a: Outcome, b: Outcome): boolean {
  return a.is === b.is && (a.is !== "better" || (b.is === "better" && a.response === b.response));
}

function CompareForm({ project, task, work, change }: Part) {
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
      <Stack gap={8} role="radiogroup" onKeyDown={chooseByArrows} aria-label="Choice">
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
      <RankingFields project={project} task={task} work={work} change={change} />
      <Textarea label="Reason" description="What decided it? One sentence helps the reviewers and the model." autosize minRows={3} maxRows={10} dir="auto"
        value={work.reason} onChange={(event) => { const reason = event.currentTarget.value; change((before) => ({ ...before, reason })); }} />
    </Stack>
  );
}

// 1, 1, 3 → [[both firsts], [the third]].
export function rankingOf(ranks: Record<string, number>): number[][] {
  const places = [...new Set(Object.values(ranks))].sort((a, b) => a - b);
  return places.map((place) => Object.keys(ranks).filter((id) => ranks[id] === place).map(Number));
}

function payload(work: Work, task: HandedTask): Payload {
  const better = work.outcome.is === "better" ? work.outcome.response : null;
  const { ranks, dimensions } = comparison.of(work);
  const sent: Payload = {
    outcome: work.outcome.is === "none" ? "tie" : work.outcome.is,
    better,
    strength: better === null ? null : work.strength,
    reason: work.reason,
    flags: work.flags,
  };
  if (Object.keys(ranks).length === task.responses.length) sent.ranking = rankingOf(ranks);
  if (Object.keys(dimensions).length > 0) sent.dimensions = dimensions;
  return sent;
}

function missing(task: HandedTask, work: Work): string | null {
  if (work.outcome.is === "none") return "Choose an answer, a tie or both bad.";
  const { ranks } = comparison.of(work);
  const ranked = Object.keys(ranks).length;
  if (ranked > 0 && ranked < task.responses.length) return "Give each answer a place, or none.";
  const best = rankingOf(ranks)[0];
  if (!best) return null;
  if (work.outcome.is === "better" && (best.length > 1 || best[0] !== work.outcome.response)) return "The first place and the better answer are not the same.";
  if (work.outcome.is === "tie" && best.length === 1) return "You ranked one answer first, and said that they are equally good.";
  return null;
}

function restored(sent: Payload): Work {
  const work = emptyWork();
  const better = sent.better as number | null;
  work.outcome = better ? { is: "better", response: better } : { is: sent.outcome as "tie" | "both_bad" };
  work.strength = (sent.strength as Strength | null) ?? "clearly";
  work.reason = sent.reason as string;
  work.flags = sent.flags as Work["flags"];
  const ranks: Record<string, number> = {};
  ((sent.ranking as number[][] | undefined) ?? []).forEach((tier, place) => tier.forEach((id) => { ranks[id] = place + 1; }));
  const dimensions = (sent.dimensions as Ranks["dimensions"] | undefined) ?? {};
  return sent.ranking || sent.dimensions ? comparison.set(work, { ranks, dimensions }) : work;
}

export const compare: KindPage = { none: "No comparison waits for you", payload, missing, restored, Form: CompareForm };
