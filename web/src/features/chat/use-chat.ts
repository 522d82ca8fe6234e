import { useEffect, useRef, useState } from "react";
import { failureOf, headersOf } from "../../api/client";
import type { ChatEvent, ChatMessage } from "../../api/types";
import { eventsOf } from "../../shared/event-stream";

export type ChatState = { is: "resting" } | { is: "answering" } | { is: "failed"; reason: string };
export type ChatSettings = { model: number; temperature: number; tokens_max: number };

// What one event of the stream means for the answer so far.
export function readEvent(data: string): { delta: string; error: string | null } {
  const event = JSON.parse(data) as Partial<ChatEvent>;
  return { delta: event.delta ?? "", error: event.error ?? null };
}

async function stream(settings: ChatSettings, messages: ChatMessage[], signal: AbortSignal, add: (delta: string) => void) {
  const response = await fetch(`/api/v1/models/${settings.model}/chat`, {
    method: "POST",
    credentials: "same-origin",
    signal,
    headers: headersOf("POST", { Accept: "text/event-stream" }),
    body: JSON.stringify({
      messages,
      temperature: settings.temperature,
      tokens_max: settings.tokens_max,
      seed: Math.floor(Math.random() * 2 ** 31),
    }),
  });
  if (!response.ok) throw await failureOf(response);
  for await (const event of eventsOf(response)) {
    const { delta, error } = readEvent(event.data);
    if (error) throw new Error(error);
    add(delta);
  }
}

export function useChat() {
  const [messages, setMessages] = useState<ChatMessage[]>([]);
  const [state, setState] = useState<ChatState>({ is: "resting" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const answer = async (settings: ChatSettings, asked: ChatMessage[]) => {
    const abort = new AbortController();
    running.current = abort;
    setState({ is: "answering" });
    let text = "";
    const show = (delta: string) => {
      text += delta;
      setMessages([...asked, { role: "assistant", content: text }]);
    };
    try {
      show("");
      await stream(settings, asked, abort.signal, show);
      setState({ is: "resting" });
    } catch (error) {
      if (text === "") setMessages(asked);
      if (abort.signal.aborted) setState({ is: "resting" });
      else setState({ is: "failed", reason: error instanceof TypeError ? "The server does not answer." : (error as Error).message });
    }
  };

  return {
    messages,
    state,
    send: (settings: ChatSettings, text: string) => {
      const asked: ChatMessage[] = [...messages, { role: "user", content: text }];
      setMessages(asked);
      void answer(settings, asked);
    },
    // Asks the last question once more, after a failure or for another answer.
    again: (settings: ChatSettings) => {
      const last = messages.findLastIndex((message) => message.role === "user");
      if (last >= 0) void answer(settings, messages.slice(0, last + 1));
    },
    stop: () => running.current?.abort(),
    clear: () => {
      running.current?.abort();
      setMessages([]);
      setState({ is: "resting" });
    },
  };
}
