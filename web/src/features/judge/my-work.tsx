import { Alert, Button, Group, Modal, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Link } from "react-router";
import { api } from "../../api/client";
import type { Project, Standing } from "../../api/types";
import { plural } from "../../shared/format";

type Standings = { items: Standing[] };

export function useStandings(project: number, state: Standing["state"]) {
  return useQuery({
    queryKey: ["standings", project, state],
    queryFn: () => api.get<Standings>(`/projects/${project}/my/standings?state=${state}`),
  });
}

function Appeal({ project, standing }: { project: Project; standing: Standing }) {
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState("");
  const send = useMutation({
    mutationFn: () => api.post(`/tasks/${standing.task_id}/appeal`, { reason: reason.trim() }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["standings", project.id] });
      setOpened(false);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>
        Appeal
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Appeal against this rejection?" centered>
        <form onSubmit={submit}>
          <Text size="sm" mb="sm">
            Somebody else looks at it with your reason beside it and decides. Each rejection can be appealed once.
          </Text>
          <Textarea label="Your reason" required autosize minRows={3} dir="auto" data-autofocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          {send.isError ? <Alert mt="sm" color="red" role="alert">{send.error.message}</Alert> : null}
          <Group mt="md" justify="flex-end">
            <Button variant="default" onClick={() => setOpened(false)}>Cancel</Button>
            <Button type="submit" loading={send.isPending}>Send the appeal</Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}

// What came back from review and wants something of the person.
export function MyWork({ project }: { project: Project }) {
  const returned = useStandings(project.id, "returned").data?.items ?? [];
  const rejected = useStandings(project.id, "rejected").data?.items ?? [];
  if (returned.length + rejected.length === 0) return null;
  const parts = [
    returned.length > 0 ? `${plural(returned.length, "judgment")} returned` : "",
    rejected.length > 0 ? `${plural(rejected.length, "judgment")} rejected` : "",
  ];
  return (
    <details className="card my-work">
      <summary>From review: {parts.filter(Boolean).join(", ")}</summary>
      <ul className="my-work-list">
        {returned.map((standing) => (
          <li key={standing.judgment_id}>
            <Text size="sm" dir="auto">
              <strong>Returned:</strong> {standing.comment}
            </Text>
            <Button size="xs" component={Link} to={`/p/${project.id}/work/${standing.task_id}`}>
              Look at it again
            </Button>
          </li>
        ))}
        {rejected.map((standing) => (
          <li key={standing.judgment_id}>
            <Text size="sm" dir="auto">
              <strong>Rejected:</strong> {standing.clause} {standing.comment}
            </Text>
            <Group gap="xs">
              <Button size="xs" variant="default" component={Link} to={`/p/${project.id}/work/${standing.task_id}`}>
                Look at it
              </Button>
              <Appeal project={project} standing={standing} />
            </Group>
          </li>
        ))}
      </ul>
    </details>
  );
}
