import { Badge, Group, Stack, Text } from "@mantine/core";
import type { HandedTask } from "../../api/types";
import { languageName, words } from "../../shared/words";

const speakers: Record<string, string> = { user: "Question", assistant: "Earlier answer", system: "Instruction" };

// What people write prompts to, or talk about, is no question to be answered.
function isBrief(task: HandedTask): boolean {
  const kind = task.earlier?.kind ?? task.kind;
  return kind === "prompt" || kind === "chat";
}

export function Conversation({ task }: { task: HandedTask }) {
  const { prompt } = task;
  const brief = isBrief(task);
  return (
    <section className="card" aria-label={brief ? "Brief" : "Prompt"}>
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
              {brief && message.role === "user" ? "Brief" : (speakers[message.role] ?? message.role)}
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
