import { Box, Group, Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";

type Props = { title: string; heading?: ReactNode; about?: ReactNode; actions?: ReactNode; children: ReactNode };

// The title names the browser's tab; the heading may say it in more than text.
export function Page({ title, heading, about, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Preceptor`;
  }, [title]);
  return (
    <Box className="page">
      <Group justify="space-between" align="flex-end" mb="lg" gap="md">
        <Box className="page-title">
          <Title order={1} className="breaks">
            {heading ?? <bdi>{title}</bdi>}
          </Title>
          {about ? (
            <Text c="dimmed" size="sm" component="div" mt={2} className="breaks">
              {about}
            </Text>
          ) : null}
        </Box>
        {actions}
      </Group>
      {children}
    </Box>
  );
}
