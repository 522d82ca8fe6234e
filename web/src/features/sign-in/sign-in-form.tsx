import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useSignIn } from "../../api/session";

// The login is given when somebody who was already here signs in again.
export function SignInForm({ login: known = "", done }: { login?: string; done?: () => void }) {
  const [login, setLogin] = useState(known);
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ login: login.trim(), password }, { onSuccess: done, onError: () => setPassword("") });
  };
  return (
    <form onSubmit={submit} className="stack">
      {signIn.isError ? (
        <Alert color="red" role="alert">
          {signIn.error.message}
        </Alert>
      ) : null}
      <TextInput label="Login" name="login" autoComplete="username" autoFocus={known === ""} required readOnly={known !== ""} value={login} onChange={(e) => setLogin(e.currentTarget.value)} />
      <PasswordInput label="Password" name="password" autoComplete="current-password" data-autofocus required value={password} onChange={(e) => setPassword(e.currentTarget.value)}
        visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }} />
      <Button type="submit" loading={signIn.isPending} fullWidth mt={4}>
        Sign in
      </Button>
    </form>
  );
}
