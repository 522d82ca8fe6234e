import { Box, Group, Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";

export function Page(props: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode; wide?: boolean }) {
  useEffect(() => {
    document.title = `${props.title} · Preceptor`;
  }, [props.title]);
  return (
    <Box className={props.wide ? "page page-wide" : "page"}>
      <Group justify="space-between" align="flex-end" mb="lg" gap="sm">
        <Box>
          <Title order={1}>{props.title}</Title>
          {props.about ? (
            <Text c="dimmed" size="sm" component="div" mt={2}>
              {props.about}
            </Text>
          ) : null}
        </Box>
        {props.actions}
      </Group>
      {props.children}
    </Box>
  );
}
