import { Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import type { Project, Round } from "../../api/types";
import { EvaluateForm } from "./evaluate-form";
import { GenerateForm } from "./generate-form";
import { SnapshotForm } from "./snapshot-form";
import { TrainForm } from "./train-form";
import { isActive, type JobStart } from "./use-round";

const actions: { kind: JobStart; label: string; title: string }[] = [
  { kind: "generate", label: "Generate answers", title: "Let a model answer the prompts" },
  { kind: "snapshot", label: "Take a snapshot", title: "Take a snapshot of the judgments" },
  { kind: "train", label: "Train", title: "Train a model" },
  { kind: "evaluate", label: "Evaluate", title: "Evaluate models against a baseline" },
];

// What the round needs next; it stands out among what can be started.
export function nextAction(round: Round): JobStart | null {
  const { stages, snapshots, runs, evaluations, jobs } = round;
  if (jobs.some(isActive)) return null;
  if (stages.some((stage) => stage.key === "responses" && stage.done === 0)) return "generate";
  if (stages.some((stage) => stage.key === "judgments" && (stage.done === 0 || stage.state === "running"))) return null;
  if (snapshots.length === 0) return "snapshot";
  if (runs.length === 0) return "train";
  return evaluations.length === 0 ? "evaluate" : null;
}

export function Actions({ project, round }: { project: Project; round: Round }) {
  const [open, setOpen] = useState<JobStart | null>(null);
  const next = nextAction(round);
  const close = () => setOpen(null);
  const form = { project, round, close };
  return (
    <>
      <Group mt="md" gap="sm" className="pair-of-buttons" role="group" aria-label="Start a job">
        {actions.map(({ kind, label }) => (
          <Button key={kind} variant={kind === next ? "filled" : "default"} onClick={() => setOpen(kind)}>
            {label}
          </Button>
        ))}
      </Group>
      <Modal opened={open !== null} onClose={close} title={actions.find(({ kind }) => kind === open)?.title} centered>
        {open === "generate" ? <GenerateForm {...form} /> : null}
        {open === "snapshot" ? <SnapshotForm {...form} /> : null}
        {open === "train" ? <TrainForm {...form} /> : null}
        {open === "evaluate" ? <EvaluateForm {...form} /> : null}
      </Modal>
    </>
  );
}
