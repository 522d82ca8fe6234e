import { Alert, Button, Code, Group, PasswordInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { api } from "../../api/client";
import type { Account, Enrolment, RecoveryCodes } from "../../api/types";
import { plural } from "../../shared/format";
import { Once } from "../../shared/once";
import { Failed, Waiting } from "../../shared/states";

const key = ["account", "self"];

function inGroups(secret: string): string {
  return secret.match(/.{1,4}/gu)?.join(" ") ?? secret;
}

function Confirm({ enrolment, confirmed, cancel }: { enrolment: Enrolment; confirmed: (codes: string[]) => void; cancel: () => void }) {
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () => api.post<RecoveryCodes>("/account/second-factor/confirm", { code }),
    onSuccess: ({ codes }) => confirmed(codes),
    onError: () => setCode(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Text size="sm">
        Open the authenticator on your telephone and add an account by hand with this key, or <a href={enrolment.address}>open it in an authenticator on this machine</a>.
      </Text>
      <Code block className="breaks">{inGroups(enrolment.secret)}</Code>
      {confirm.isError ? <Alert color="red" role="alert">{confirm.error.message}</Alert> : null}
      <TextInput label="The code it shows now" required inputMode="numeric" autoComplete="one-time-code" data-autofocus value={code} onChange={(e) => setCode(e.currentTarget.value)} />
      <Group gap="sm">
        <Button type="submit" loading={confirm.isPending}>Turn it on</Button>
        <Button variant="default" onClick={cancel}>Cancel</Button>
      </Group>
    </form>
  );
}

// An act that the password must allow.
function WithPassword({ label, about, act, cancel, color }: { label: string; about: string; act: (password: string) => Promise<void>; cancel: () => void; color?: string }) {
  const [password, setPassword] = useState("");
  const run = useMutation({ mutationFn: () => act(password), onError: () => setPassword("") });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Text size="sm">{about}</Text>
      {run.isError ? <Alert color="red" role="alert">{run.error.message}</Alert> : null}
      <PasswordInput label="Your password" required autoComplete="current-password" data-autofocus visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }} value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
      <Group gap="sm">
        <Button type="submit" color={color} loading={run.isPending}>{label}</Button>
        <Button variant="default" onClick={cancel}>Cancel</Button>
      </Group>
    </form>
  );
}

type Doing = { is: "nothing" } | { is: "enrolling"; enrolment: Enrolment } | { is: "renewing" } | { is: "removing" } | { is: "showing"; codes: string[] };

function On({ account, doing, set }: { account: Account; doing: Doing; set: (doing: Doing) => void }) {
  const client = useQueryClient();
  const nothing = () => set({ is: "nothing" });
  if (doing.is === "renewing")
    return (
      <WithPassword label="Make new codes" about="The recovery codes you have stop working." cancel={nothing}
        act={async (password) => set({ is: "showing", codes: (await api.post<RecoveryCodes>("/account/second-factor/recovery-codes", { password })).codes })} />
    );
  if (doing.is === "removing")
    return (
      <WithPassword label="Turn it off" color="red" about="Sign-in will ask for your password only." cancel={nothing}
        act={async (password) => {
          await api.post("/account/second-factor/remove", { password });
          await client.invalidateQueries({ queryKey: key });
          nothing();
        }} />
    );
  return (
    <>
      <Text size="sm">
        On: sign-in asks for a code of your authenticator. {plural(account.recovery_codes_left, "recovery code")} left.
      </Text>
      <Group gap="sm">
        <Button variant="default" onClick={() => set({ is: "renewing" })}>New recovery codes</Button>
        <Button variant="default" onClick={() => set({ is: "removing" })}>Turn it off</Button>
      </Group>
    </>
  );
}

export function SecondFactor() {
  const client = useQueryClient();
  const account = useQuery({ queryKey: key, queryFn: () => api.get<Account>("/account") });
  const [doing, setDoing] = useState<Doing>({ is: "nothing" });
  const begin = useMutation({
    mutationFn: () => api.post<Enrolment>("/account/second-factor"),
    onSuccess: (enrolment) => setDoing({ is: "enrolling", enrolment }),
  });
  const card = (children: ReactNode) => <div className="card stack">{children}</div>;
  if (account.isPending) return <Waiting />;
  if (account.isError) return <Failed error={account.error} retry={() => void account.refetch()} />;
  if (doing.is === "showing")
    return (
      <Once title="Your recovery codes" text={doing.codes.join("\n")} done={() => { setDoing({ is: "nothing" }); void client.invalidateQueries({ queryKey: key }); }}>
        Each lets you in once when the authenticator is lost. They are shown only now.
      </Once>
    );
  if (doing.is === "enrolling")
    return card(<Confirm enrolment={doing.enrolment} cancel={() => setDoing({ is: "nothing" })} confirmed={(codes) => setDoing({ is: "showing", codes })} />);
  if (account.data.second_factor) return card(<On account={account.data} doing={doing} set={setDoing} />);
  return card(
    <>
      <Text size="sm">Off: your password alone lets you in. With an authenticator on your telephone, a stolen password is of no use.</Text>
      {begin.isError ? <Alert color="red" role="alert">{begin.error.message}</Alert> : null}
      <Group>
        <Button onClick={() => begin.mutate()} loading={begin.isPending}>Set up an authenticator</Button>
      </Group>
    </>,
  );
}
