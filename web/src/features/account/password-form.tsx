import { Alert, Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../../api/client";
import { useSession } from "../../api/session";

const toggle = { "aria-label": "Show or hide the password" };

export function PasswordForm() {
  const { person } = useSession();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useMutation({
    mutationFn: () => api.put("/account/password", { current, fresh }),
    onSuccess: async () => {
      setCurrent("");
      setFresh("");
      await client.invalidateQueries({ queryKey: ["account", "sessions"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className="card stack" onSubmit={submit}>
      {change.isError ? <Alert color="red" role="alert">{change.error.message}</Alert> : null}
      {change.isSuccess ? <Alert color="teal" role="status">Your password is changed, and you are signed out everywhere else.</Alert> : null}
      <input type="text" name="username" autoComplete="username" value={person.login} readOnly hidden />
      <PasswordInput label="Your password now" required autoComplete="current-password" visibilityToggleButtonProps={toggle} value={current} onChange={(e) => setCurrent(e.currentTarget.value)} />
      <PasswordInput label="New password" description="At least 10 characters; a sentence is best" required minLength={10} autoComplete="new-password" visibilityToggleButtonProps={toggle} value={fresh} onChange={(e) => setFresh(e.currentTarget.value)} />
      <Button type="submit" loading={change.isPending}>
        Change the password
      </Button>
    </form>
  );
}
