import { Group, Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";

// A page for somebody who comes with a link and is not signed in.
export function EntryFrame({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Preceptor`;
  }, [title]);
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Group gap="md" mb="lg" wrap="nowrap">
          <img src="/mark.svg" alt="" width={44} height={44} />
          <div className="breaks">
            <Title order={1} size="h2">{title}</Title>
            {about ? <Text size="sm" c="dimmed" component="div">{about}</Text> : null}
          </div>
        </Group>
        <div className="card">{children}</div>
      </div>
    </main>
  );
}

// The secret stands behind the #, which browsers keep to themselves: no server log holds it.
export function secretOfLink(): string {
  return decodeURIComponent(window.location.hash.slice(1));
}
