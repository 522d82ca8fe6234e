import { Alert, Button, Group, Modal, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../../api/client";
import type { PersonQuality, Project } from "../../api/types";

export function PauseButton({ project, person }: { project: Project; person: PersonQuality }) {
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState("");
  const change = useMutation({
    mutationFn: () => api.post(`/projects/${project.id}/members/${person.person_id}/pause`, { paused: !person.paused, reason: person.paused ? "" : reason.trim() }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["quality", project.id] });
      setOpened(false);
      setReason("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const verb = person.paused ? "Resume" : "Pause";
  return (
    <>
      <Button size="xs" variant={person.paused ? "light" : "default"} onClick={() => setOpened(true)} aria-label={`${verb} ${person.name}`}>
        {verb}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`${verb} ${person.name}?`} centered>
        <form onSubmit={submit}>
          {person.paused ? (
            <Text size="sm">New tasks are handed out again. The pause stays in the event log.</Text>
          ) : (
            <Textarea label="Reason" required description="The person reads it. Work already done is kept." autosize minRows={2} dir="auto" data-autofocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          )}
          {change.isError ? (
            <Alert mt="sm" color="red" role="alert">
              {change.error.message}
            </Alert>
          ) : null}
          <Group mt="md" justify="flex-end">
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending}>
              {verb}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
