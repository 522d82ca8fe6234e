import { Alert, Badge, Button, Group, NativeSelect, NumberInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../../api/client";
import type { CreatedToken, Token } from "../../api/types";
import { moment } from "../../shared/format";
import { Once } from "../../shared/once";
import { Failed, Waiting } from "../../shared/states";

const key = ["account", "tokens"];
const scopes = [
  { value: "read", label: "Read: look, change nothing" },
  { value: "judge", label: "Judge: get tasks and send judgments" },
  { value: "model", label: "Model: ask models, also below /v1" },
  { value: "write", label: "Write: all that you may do here" },
];

function NewToken({ made }: { made: (token: CreatedToken) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState("read");
  const [days, setDays] = useState<number | string>(90);
  const create = useMutation({
    mutationFn: () => api.post<CreatedToken>("/tokens", { name: name.trim(), scope, expires_days: Number(days) }),
    onSuccess: async (token) => {
      setName("");
      made(token);
      await client.invalidateQueries({ queryKey: key });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form className="card stack" onSubmit={submit}>
      {create.isError ? <Alert color="red" role="alert">{create.error.message}</Alert> : null}
      <div className="form-row">
        <TextInput label="Name" description="What it is for" required maxLength={100} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <NativeSelect label="Scope" description="No more than it needs" value={scope} onChange={(e) => setScope(e.currentTarget.value)} data={scopes} />
        <NumberInput label="Days" description="1 to 366" required min={1} max={366} value={days} onChange={setDays} />
      </div>
      <Group justify="flex-end">
        <Button type="submit" loading={create.isPending}>Make a token</Button>
      </Group>
    </form>
  );
}

export function TokenList() {
  const client = useQueryClient();
  const [made, setMade] = useState<CreatedToken | null>(null);
  const tokens = useQuery({ queryKey: key, queryFn: () => api.all<Token>("/tokens") });
  const revoke = useMutation({ mutationFn: (id: number) => api.remove(`/tokens/${id}`), onSettled: () => client.invalidateQueries({ queryKey: key }) });
  if (tokens.isPending) return <Waiting />;
  if (tokens.isError) return <Failed error={tokens.error} retry={() => void tokens.refetch()} />;
  return (
    <div className="stack">
      {made ? <Once title={`The token “${made.name}”`} text={made.token} done={() => setMade(null)}>Send it as “Authorization: Bearer …”. It is shown only now.</Once> : null}
      {revoke.isError ? <Failed error={revoke.error} /> : null}
      {tokens.data.length > 0 ? (
        <ul className="card rows">
          {tokens.data.map((token) => (
            <li key={token.id}>
              <Group justify="space-between" gap="sm" wrap="nowrap">
                <div className="breaks">
                  <Text fw={600} size="sm" component="div">
                    <bdi>{token.name}</bdi> <Badge size="sm" variant="default" ml={6}>{token.scope}</Badge>
                  </Text>
                  <Text size="xs" c="dimmed">
                    Made {moment(token.created_at)} · {new Date(token.expires_at) < new Date() ? "ran out" : "good until"} {moment(token.expires_at)}
                  </Text>
                </div>
                <Button size="xs" variant="default" className="stays" onClick={() => revoke.mutate(token.id)} loading={revoke.isPending && revoke.variables === token.id} aria-label={`End the token ${token.name}`}>
                  End it
                </Button>
              </Group>
            </li>
          ))}
        </ul>
      ) : null}
      <NewToken made={setMade} />
    </div>
  );
}
