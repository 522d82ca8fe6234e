import { Badge, Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Invitation, Project } from "../../api/types";
import { moment } from "../../shared/format";
import { Failed } from "../../shared/states";
import { words } from "../../shared/words";

export function InvitationList({ project }: { project: Project }) {
  const client = useQueryClient();
  const key = ["invitations", project.id];
  const path = `/projects/${project.id}/invitations`;
  const invitations = useQuery({ queryKey: key, queryFn: () => api.all<Invitation>(path) });
  const revoke = useMutation({ mutationFn: (id: number) => api.remove(`${path}/${id}`), onSettled: () => client.invalidateQueries({ queryKey: key }) });
  const open = invitations.data?.filter((invitation) => invitation.state === "open") ?? [];
  if (invitations.isError) return <Failed error={invitations.error} retry={() => void invitations.refetch()} />;
  if (open.length === 0) return null;
  return (
    <>
      <Title order={3} size="h5" mt="md" mb="xs">Open invitations</Title>
      {revoke.isError ? <Failed error={revoke.error} /> : null}
      <ul className="card rows">
        {open.map((invitation) => (
          <li key={invitation.id}>
            <Group justify="space-between" gap="sm" wrap="nowrap">
              <div className="breaks">
                <Text size="sm" component="div" dir="auto">
                  {invitation.note || "Without a note"} <Badge size="sm" variant="default" ml={6}>{words(invitation.role)}</Badge>
                </Text>
                <Text size="xs" c="dimmed">Good until {moment(invitation.expires_at)}</Text>
              </div>
              <Button size="xs" variant="default" className="stays" onClick={() => revoke.mutate(invitation.id)} loading={revoke.isPending && revoke.variables === invitation.id} aria-label={`Take back the invitation ${invitation.note || invitation.id}`}>
                Take back
              </Button>
            </Group>
          </li>
        ))}
      </ul>
    </>
  );
}
