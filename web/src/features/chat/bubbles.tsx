import { Alert, Button, Group, Text } from "@mantine/core";
import { useEffect } from "react";
import type { ChatMessage } from "../../api/types";
import type { ChatState } from "./use-chat";

type Props = { messages: ChatMessage[]; state: ChatState; name: string; again: () => void };

const nearMax = 240;

// The page follows the answer as it grows, unless somebody has scrolled up to read.
function useFollowing(messages: ChatMessage[]) {
  useEffect(() => {
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
    const asked = messages.at(-1)?.content === "";
    if (messages.length > 0 && (asked || scrollHeight - clientHeight - scrollTop < nearMax)) window.scrollTo({ top: scrollHeight });
  }, [messages]);
}

export function Bubbles({ messages, state, name, again }: Props) {
  const answering = state.is === "answering";
  useFollowing(messages);
  return (
    <div className="chat" role="log" aria-label="Conversation" aria-busy={answering}>
      {messages.length === 0 ? (
        <Text c="dimmed" ta="center" my="auto" className="breaks">
          Ask <bdi>{name}</bdi> something.
        </Text>
      ) : null}
      {messages.map((message, at) => (
        <article key={at} className={message.role === "user" ? "bubble bubble-user" : "bubble"} aria-label={message.role === "user" ? "You" : name}>
          <div className="text" dir="auto">
            {message.content || (answering && at === messages.length - 1 ? <span className="cursor" aria-label="writing">…</span> : <em>The model wrote nothing.</em>)}
          </div>
        </article>
      ))}
      {state.is === "failed" ? (
        <Alert color="red" role="alert">
          <Group justify="space-between">
            <Text size="sm">{state.reason}</Text>
            <Button size="xs" variant="default" onClick={again}>
              Try again
            </Button>
          </Group>
        </Alert>
      ) : null}
    </div>
  );
}
