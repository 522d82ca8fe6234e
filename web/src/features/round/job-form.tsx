import { Alert, Button, Group, Stack } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import type { Project, Round } from "../../api/types";
import { useStartJob, type JobStart } from "./use-round";

export type FormProps = { project: Project; round: Round; close: () => void };

type Props = {
  round: Round;
  close: () => void;
  kind: JobStart;
  label: string;
  request: () => { is: "ready"; body: object } | { is: "wrong"; reason: string };
  children: ReactNode;
};

// The frame of every form that starts a job: it stays open with all that was entered when the server refuses.
export function JobForm({ round, close, kind, label, request, children }: Props) {
  const start = useStartJob(round.id, kind);
  const [wrong, setWrong] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const ready = request();
    setWrong(ready.is === "wrong" ? ready.reason : "");
    if (ready.is === "ready") start.mutate(ready.body, { onSuccess: close });
  };
  const reason = wrong || start.error?.message;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {children}
        {reason ? (
          <Alert color="red" role="alert">
            {reason}
          </Alert>
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={start.isPending}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
