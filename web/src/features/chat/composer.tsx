import { Button, Group, Text, Textarea } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";

type Props = { answering: boolean; send: (text: string) => void; stop: () => void };

export function Composer({ answering, send, stop }: Props) {
  const [text, setText] = useState("");
  const submit = () => {
    if (answering || text.trim() === "") return;
    send(text.trim());
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <div className="composer">
      <Textarea aria-label="Your message" placeholder="Your message" autosize minRows={2} maxRows={12} dir="auto" value={text} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown} />
      <Group justify="space-between" mt="xs" wrap="nowrap">
        <Text size="xs" c="dimmed" className="only-keys">
          Enter sends, Shift+Enter begins a new line.
        </Text>
        {answering ? (
          <Button color="red" variant="light" onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button onClick={submit} disabled={text.trim() === ""}>
            Send
          </Button>
        )}
      </Group>
    </div>
  );
}
