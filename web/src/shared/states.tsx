import { Alert, Button, Center, Group, Loader, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function Waiting({ label = "Loading" }: { label?: string }) {
  return (
    <Center mih={160} role="status" aria-label={label}>
      <Loader size="sm" />
    </Center>
  );
}

export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <Alert color="red" title="That did not work" role="alert">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Text size="sm" className="grows breaks">
          {error.message}
        </Text>
        {retry ? (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        ) : null}
      </Group>
    </Alert>
  );
}

// What a page says when it has nothing to show, and what can be done about it.
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack className="empty" align="center" gap={6}>
      <Title order={2} size="h4" ta="center">
        {title}
      </Title>
      <Text c="dimmed" ta="center" maw={480} size="sm" component="div">
        {children}
      </Text>
      {action ? (
        <Group justify="center" gap="sm" mt="md">
          {action}
        </Group>
      ) : null}
    </Stack>
  );
}
