import { Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import type { Project, Round } from "../../api/types";
import { EvaluateForm } from "./evaluate-form";
import { GenerateForm } from "./generate-form";
import { SnapshotForm } from "./snapshot-form";
import { TrainForm } from "./train-form";
import type { JobStart } from "./use-round";

const actions: { kind: JobStart; label: string; title: string }[] = [
  { kind: "generate", label: "Generate answers", title: "Let a model answer the prompts" },
  { kind: "snapshot", label: "Take a snapshot", title: "Take a snapshot of the judgments" },
  { kind: "train", label: "Train", title: "Train a model" },
  { kind: "evaluate", label: "Evaluate", title: "Evaluate models against a baseline" },
];

export function Actions({ project, round }: { project: Project; round: Round }) {
  const [open, setOpen] = useState<JobStart | null>(null);
  const close = () => setOpen(null);
  const form = { project, round, close };
  return (
    <>
      <Group mt="md" gap="xs" role="group" aria-label="Start a job">
        {actions.map(({ kind, label }) => (
          <Button key={kind} variant="default" onClick={() => setOpen(kind)}>
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
