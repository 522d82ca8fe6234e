import { Group, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { SignInForm } from "./sign-in-form";

export function SignInPage() {
  useEffect(() => {
    document.title = "Sign in · Preceptor";
  }, []);
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Group gap="md" mb="lg" wrap="nowrap">
          <img src="/mark.svg" alt="" width={44} height={44} />
          <div>
            <Title order={1} size="h2">
              Preceptor
            </Title>
            <Text size="sm" c="dimmed">
              Expert judgment into a better model
            </Text>
          </div>
        </Group>
        <div className="card">
          <SignInForm />
        </div>
        <Text size="xs" c="dimmed" mt="md" ta="center">
          No account yet, or the password is gone? Ask an owner of your project for an invitation, or an administrator for a link.
        </Text>
      </div>
    </main>
  );
}
