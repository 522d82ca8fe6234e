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
      <Group justify="space-between" align="flex-start">
        <Text size="sm">{error.message}</Text>
        {retry ? (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        ) : null}
      </Group>
    </Alert>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack className="empty" align="center" gap="xs" py="xl" px="md">
      <Title order={2} size="h4" ta="center">
        {title}
      </Title>
      <Text c="dimmed" ta="center" maw={460} size="sm" component="div">
        {children}
      </Text>
    </Stack>
  );
}
