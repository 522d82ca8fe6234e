import { Alert, Button, Group, Modal, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";
import type { Project } from "../../api/types";
import { useStartRound } from "./use-round";

export function StartRound({ project, next }: { project: Project; next: number }) {
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState(`Round ${next}`);
  const start = useStartRound(project.id);
  const navigate = useNavigate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(name.trim(), { onSuccess: (round) => void navigate(`/p/${project.id}/rounds/${round.id}`) });
  };
  return (
    <>
      <Button onClick={() => setOpened(true)}>Start a round</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Start a round" centered>
        <form onSubmit={submit}>
          <TextInput label="Name" required maxLength={200} data-autofocus dir="auto" value={name} onChange={(event) => setName(event.currentTarget.value)} />
          {start.isError ? (
            <Alert mt="sm" color="red" role="alert">
              {start.error.message}
            </Alert>
          ) : null}
          <Group mt="md" justify="flex-end">
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button type="submit" loading={start.isPending}>
              Start
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
