import { Alert, Button, PasswordInput, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Link } from "react-router";
import { api } from "../../api/client";
import type { PasswordResetShown } from "../../api/types";
import { Failed, Waiting } from "../../shared/states";
import { EntryFrame, secretOfLink } from "./entry-frame";

function Choose({ token, shown }: { token: string; shown: PasswordResetShown }) {
  const [password, setPassword] = useState("");
  const use = useMutation({ mutationFn: () => api.post("/password-resets/use", { token, password }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    use.mutate();
  };
  if (use.isSuccess)
    return (
      <div className="stack">
        <Alert color="teal" role="status">Your password is changed, and you are signed out everywhere.</Alert>
        <Button component={Link} to="/" replace>Sign in</Button>
      </div>
    );
  return (
    <form className="stack" onSubmit={submit}>
      {use.isError ? <Alert color="red" role="alert">{use.error.message}</Alert> : null}
      <input type="text" name="username" autoComplete="username" value={shown.login} readOnly hidden />
      <PasswordInput label="New password" description="At least 10 characters; a sentence is best" required minLength={10} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }} value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
      <Button type="submit" loading={use.isPending}>Set the password</Button>
    </form>
  );
}

export function ResetPage() {
  const [token] = useState(secretOfLink);
  const shown = useQuery({ queryKey: ["reset", token], queryFn: () => api.post<PasswordResetShown>("/password-resets/look", { token }), retry: false, enabled: token !== "", staleTime: Infinity });
  const title = "A new password";
  if (token === "") return <EntryFrame title={title}><Text size="sm">The link is not whole. Copy all of it, up to its last character.</Text></EntryFrame>;
  if (shown.isPending) return <EntryFrame title={title}><Waiting label="Looking at the link" /></EntryFrame>;
  if (shown.isError) return <EntryFrame title={title}><Failed error={shown.error} /></EntryFrame>;
  return (
    <EntryFrame title={title} about={<>For <bdi>{shown.data.name}</bdi>, who signs in as <bdi>{shown.data.login}</bdi></>}>
      <Choose token={token} shown={shown.data} />
    </EntryFrame>
  );
}
