import { Button, Stack, Text, Textarea } from "@mantine/core";
import type { Dimension, HandedTask } from "../../../api/types";
import { useGlobalKeys } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { chooseByArrows } from "../../../shared/radio-keys";
import { emptyWork, type Payload, type Work } from "../work";
import type { KindPage, Part } from "./kind";

// One row of keys a question: 1–5, q–t, a–g, z–b, 6–0.
const rows = ["12345", "qwert", "asdfg", "zxcvb", "67890"];

export function keyOf(place: number, point: number): string | null {
  return rows[place]?.[point] ?? null;
}

// What the ends of a scale mean, as long as nothing is chosen.
function range({ anchors }: Dimension): string | null {
  return anchors.length > 1 ? `${anchors[0]} … ${anchors.at(-1)}` : null;
}

function Scale(props: { dimension: Dimension; place: number; work: Work; change: Part["change"] }) {
  const { dimension, place, work, change } = props;
  const score = work.scores[dimension.key];
  const points = Array.from({ length: dimension.scale_max - dimension.scale_min + 1 }, (_, point) => dimension.scale_min + point);
  const bar = dimension.reason_required_below;
  const needsReason = score !== undefined && bar !== null && bar !== undefined && score < bar;
  const missing = needsReason && !work.reasons[dimension.key]?.trim();
  const anchor = score === undefined ? range(dimension) : dimension.anchors[score - dimension.scale_min];
  return (
    <div>
      <Text size="sm" fw={600} mb={4} id={`dimension-${dimension.key}`}>
        {dimension.label}
        <Text span size="xs" c="dimmed" fw={400} ml={8} aria-live="polite">
          {anchor ?? ""}
        </Text>
      </Text>
      <div className="scale" role="radiogroup" onKeyDown={chooseByArrows} aria-labelledby={`dimension-${dimension.key}`}>
        {points.map((value, point) => (
          <Button key={value} px={4} size="xs" role="radio" aria-checked={score === value} variant={score === value ? "filled" : "default"}
            title={dimension.anchors[point]} aria-label={`${value}${dimension.anchors[point] ? `: ${dimension.anchors[point]}` : ""}`}
            onClick={() => change((before) => ({ ...before, scores: { ...before.scores, [dimension.key]: value } }))}>
            {value}
            {keyOf(place, point) ? <KeyHint label={keyOf(place, point)!} /> : null}
          </Button>
        ))}
      </div>
      {needsReason || work.reasons[dimension.key] ? (
        <Textarea mt={6} size="xs" autosize minRows={2} dir="auto" placeholder={`Why is ${dimension.label.toLowerCase()} low?`} aria-label={`Reason for ${dimension.label}`} data-wanted={missing || undefined}
          value={work.reasons[dimension.key] ?? ""}
          onChange={(event) => { const text = event.currentTarget.value; change((before) => ({ ...before, reasons: { ...before.reasons, [dimension.key]: text } })); }} />
      ) : null}
    </div>
  );
}

function RateForm({ task, work, change }: Part) {
  const keys: Record<string, () => void> = {};
  task.rubric.dimensions.forEach((dimension, place) => {
    for (let point = 0; point <= dimension.scale_max - dimension.scale_min; point += 1) {
      const key = keyOf(place, point);
      if (key) keys[key] = () => change((before) => ({ ...before, scores: { ...before.scores, [dimension.key]: dimension.scale_min + point } }));
    }
  });
  useGlobalKeys(keys);
  return (
    <Stack gap="md">
      <Text fw={600}>How good is this answer?</Text>
      {task.rubric.dimensions.map((dimension, place) => (
        <Scale key={dimension.key} dimension={dimension} place={place} work={work} change={change} />
      ))}
    </Stack>
  );
}

function payload(work: Work): Payload {
  const reasons = Object.fromEntries(Object.entries(work.reasons).filter(([, text]) => text.trim() !== ""));
  return { scores: work.scores, reasons, flags: work.flags };
}

function missing(task: HandedTask, work: Work): string | null {
  for (const dimension of task.rubric.dimensions) {
    const score = work.scores[dimension.key];
    if (score === undefined) return `Rate ${dimension.label.toLowerCase()}.`;
    const bar = dimension.reason_required_below;
    if (bar !== null && bar !== undefined && score < bar && !work.reasons[dimension.key]?.trim())
      return `Say why ${dimension.label.toLowerCase()} is below ${bar}.`;
  }
  return null;
}

const restored = (sent: Payload): Work => ({ ...emptyWork(), scores: sent.scores as Work["scores"], reasons: sent.reasons as Work["reasons"], flags: sent.flags as Work["flags"] });

export const rate: KindPage = { none: "No answer waits to be rated", payload, missing, restored, Form: RateForm };
