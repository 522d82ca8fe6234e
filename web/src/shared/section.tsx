import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="section" aria-label={title}>
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2}>{title}</Title>
        {actions}
      </Group>
      {children}
    </section>
  );
}
