import { Badge, Group, Stack, Text } from "@mantine/core";
import type { HandedTask } from "../../api/types";
import { languageName, words } from "../../shared/words";

const speakers: Record<string, string> = { user: "Question", assistant: "Earlier answer", system: "Instruction" };

export function Conversation({ prompt }: { prompt: HandedTask["prompt"] }) {
  return (
    <section className="card" aria-label="Prompt">
      <Group gap={6} mb="sm">
        {[words(prompt.domain), words(prompt.intent), languageName(prompt.language)].filter(Boolean).map((label) => (
          <Badge key={label} variant="default" size="sm">
            {label}
          </Badge>
        ))}
      </Group>
      <Stack gap="sm">
        {prompt.messages.map((message, place) => (
          <div key={place} className={message.role === "user" ? "turn turn-user" : "turn"}>
            <Text size="xs" c="dimmed">
              {speakers[message.role] ?? message.role}
            </Text>
            <div className="text" dir="auto">
              {message.content}
            </div>
          </div>
        ))}
      </Stack>
    </section>
  );
}
