import { Badge, Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { OpenSession } from "../../api/types";
import { moment } from "../../shared/format";
import { Failed, Waiting } from "../../shared/states";

const key = ["account", "sessions"];

function Row({ session, end, ending }: { session: OpenSession; end: () => void; ending: boolean }) {
  const device = session.device || "Unknown device";
  return (
    <li>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <div className="breaks">
          <Text fw={600} size="sm" component="div">
            {device} {session.current ? <Badge size="sm" ml={6}>this one</Badge> : null}
          </Text>
          <Text size="xs" c="dimmed">
            Last seen {moment(session.last_seen_at)} · signed in {moment(session.created_at)}
          </Text>
        </div>
        {session.current ? null : (
          <Button size="xs" variant="default" className="stays" onClick={end} loading={ending} aria-label={`Sign out ${device}, last seen ${moment(session.last_seen_at)}`}>
            Sign out
          </Button>
        )}
      </Group>
    </li>
  );
}

export function SessionList() {
  const client = useQueryClient();
  const sessions = useQuery({ queryKey: key, queryFn: () => api.all<OpenSession>("/account/sessions") });
  const end = useMutation({
    mutationFn: (id: number | null) => api.remove(id === null ? "/account/sessions" : `/account/sessions/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
  if (sessions.isPending) return <Waiting />;
  if (sessions.isError) return <Failed error={sessions.error} retry={() => void sessions.refetch()} />;
  const others = sessions.data.filter((session) => !session.current);
  return (
    <>
      {end.isError ? <Failed error={end.error} /> : null}
      <ul className="card rows">
        {[...sessions.data]
          .sort((a, b) => Number(b.current) - Number(a.current) || b.last_seen_at.localeCompare(a.last_seen_at))
          .map((session) => (
            <Row key={session.id} session={session} end={() => end.mutate(session.id)} ending={end.isPending && end.variables === session.id} />
          ))}
      </ul>
      {others.length > 0 ? (
        <Button mt="sm" size="xs" variant="default" onClick={() => end.mutate(null)} loading={end.isPending && end.variables === null}>
          Sign out everywhere else
        </Button>
      ) : null}
    </>
  );
}
