import { Alert, Button, PasswordInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { enter, sessionQuery } from "../../api/session";
import type { InvitationShown, Session } from "../../api/types";
import { moment } from "../../shared/format";
import { Failed, Waiting } from "../../shared/states";
import { EntryFrame, secretOfLink } from "./entry-frame";

function NewAccount({ token }: { token: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const accept = useMutation({
    mutationFn: () => api.post<Session>("/invitations/accept", { token, login: login.trim(), name: name.trim(), password }),
    onSuccess: (session) => {
      enter(client, session);
      void navigate("/", { replace: true });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      {accept.isError ? <Alert color="red" role="alert">{accept.error.message}</Alert> : null}
      <TextInput label="Your name" description="As others see it" required maxLength={200} autoComplete="name" dir="auto" value={name} onChange={(e) => setName(e.currentTarget.value)} />
      <TextInput label="Login" description="2 to 64 letters a–z, digits and . _ - @ +" required minLength={2} maxLength={64} autoComplete="username" value={login} onChange={(e) => setLogin(e.currentTarget.value)} />
      <PasswordInput label="Password" description="At least 10 characters; a sentence is best" required minLength={10} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }} value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
      <Button type="submit" loading={accept.isPending}>Make my account</Button>
    </form>
  );
}

function Join({ token, session }: { token: string; session: Session }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const join = useMutation({
    mutationFn: () => api.post<{ project_id: number }>("/invitations/join", { token }),
    onSuccess: async ({ project_id }) => {
      await client.invalidateQueries();
      void navigate(`/p/${project_id}`, { replace: true });
    },
  });
  return (
    <div className="stack">
      <Text size="sm">You are signed in as <bdi>{session.person.name}</bdi>.</Text>
      {join.isError ? <Alert color="red" role="alert">{join.error.message}</Alert> : null}
      <Button onClick={() => join.mutate()} loading={join.isPending}>Join with this account</Button>
    </div>
  );
}

export function InvitationPage() {
  const [token] = useState(secretOfLink);
  const session = useQuery(sessionQuery);
  const shown = useQuery({ queryKey: ["invitation", token], queryFn: () => api.post<InvitationShown>("/invitations/look", { token }), retry: false, enabled: token !== "", staleTime: Infinity });
  if (token === "") return <EntryFrame title="Invitation"><Text size="sm">The link is not whole. Copy all of it, up to its last character.</Text></EntryFrame>;
  if (shown.isPending || session.isPending) return <EntryFrame title="Invitation"><Waiting label="Looking at the invitation" /></EntryFrame>;
  if (shown.isError) return <EntryFrame title="Invitation"><Failed error={shown.error} /></EntryFrame>;
  const about = <>To <bdi>{shown.data.project_name}</bdi>, as {shown.data.role}. Good until {moment(shown.data.expires_at)}.</>;
  return (
    <EntryFrame title="You are invited" about={about}>
      {session.data ? <Join token={token} session={session.data} /> : <NewAccount token={token} />}
    </EntryFrame>
  );
}
