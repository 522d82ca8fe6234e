import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { ApiError } from "../../api/client";
import { useSignIn } from "../../api/session";

// The login is given when somebody who was already here signs in again.
export function SignInForm({ login: known = "", done }: { login?: string; done?: () => void }) {
  const [login, setLogin] = useState(known);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState(false);
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate(
      { login: login.trim(), password, code: code.trim() },
      {
        onSuccess: done,
        onError: (error) => {
          const wantsCode = error instanceof ApiError && error.problem.where === "/code";
          setCode("");
          if (wantsCode) setAsked(true);
          else setPassword("");
        },
      },
    );
  };
  // The first question for a code is no mistake of anybody's.
  const mistake = signIn.isError && !(asked && signIn.variables.code === "");
  return (
    <form onSubmit={submit} className="stack">
      {mistake ? (
        <Alert color="red" role="alert">
          {signIn.error?.message}
        </Alert>
      ) : null}
      <TextInput label="Login" name="login" autoComplete="username" autoFocus={known === ""} required readOnly={known !== ""} value={login} onChange={(e) => setLogin(e.currentTarget.value)} />
      <PasswordInput label="Password" name="password" autoComplete="current-password" data-autofocus required value={password} onChange={(e) => setPassword(e.currentTarget.value)}
        visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }} />
      {asked ? (
        <TextInput label="Code" name="code" description="From your authenticator, or a recovery code" autoComplete="one-time-code" autoFocus required value={code} onChange={(e) => setCode(e.currentTarget.value)} />
      ) : null}
      <Button type="submit" loading={signIn.isPending} fullWidth mt={4}>
        Sign in
      </Button>
    </form>
  );
}
