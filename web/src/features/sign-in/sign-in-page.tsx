import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useSignIn } from "../../api/session";

export function SignInPage() {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ login: login.trim(), password });
  };
  return (
    <main className="sign-in">
      <form className="card sign-in-card" onSubmit={submit}>
        <Stack>
          <Group gap="sm">
            <img src="/mark.svg" alt="" width={40} height={40} />
            <div>
              <Title order={1} size="h2">
                Preceptor
              </Title>
              <Text size="sm" c="dimmed">
                Expert judgment into a better model
              </Text>
            </div>
          </Group>
          {signIn.isError ? (
            <Alert color="red" role="alert">
              {signIn.error.message}
            </Alert>
          ) : null}
          <TextInput label="Login" name="login" autoComplete="username" autoFocus required value={login} onChange={(e) => setLogin(e.currentTarget.value)} />
          <PasswordInput label="Password" name="password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            Sign in
          </Button>
        </Stack>
      </form>
    </main>
  );
}
