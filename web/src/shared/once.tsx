import { Alert, Button, CopyButton, Group } from "@mantine/core";
import type { ReactNode } from "react";

// Something that is shown this once: a token, a link, codes.
export function Once({ title, text, children, done }: { title: string; text: string; children?: ReactNode; done: () => void }) {
  return (
    <Alert color="teal" title={title} role="status">
      {children}
      <pre className="log mono">{text}</pre>
      <Group mt="sm" gap="sm">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="xs" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button size="xs" variant="default" onClick={done}>
          I have kept it
        </Button>
      </Group>
    </Alert>
  );
}
