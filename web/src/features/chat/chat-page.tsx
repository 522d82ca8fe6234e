import { Button, Group, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { canWrite, modelsQuery } from "../../api/queries";
import type { Model, Project } from "../../api/types";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";
import { Bubbles } from "./bubbles";
import { Composer } from "./composer";
import { useChat } from "./use-chat";

const tokensMax = 256;
const about = "Nothing of it is kept, and nothing learns from it.";

function Conversation({ models }: { models: Model[] }) {
  const [search, setSearch] = useSearchParams();
  const [temperature, setTemperature] = useState(0.7);
  const chat = useChat();
  const wanted = Number(search.get("model"));
  const model = models.find((candidate) => candidate.id === wanted) ?? models.find((candidate) => candidate.current) ?? models[0]!;
  const settings = { model: model.id, temperature, tokens_max: tokensMax };
  const choose = (id: string) => setSearch({ model: id }, { replace: true });
  const choices = (
    <Group gap="sm" align="flex-end" className="pair-of-buttons chat-choices">
      <NativeSelect className="chat-model" label="Model" value={String(model.id)} onChange={(event) => choose(event.currentTarget.value)}
        data={models.map((entry) => ({ value: String(entry.id), label: `${entry.name}${entry.current ? " (current)" : ""}` }))} />
      <NativeSelect className="chat-temperature" label="Temperature" value={String(temperature)} onChange={(event) => setTemperature(Number(event.currentTarget.value))}
        data={[{ value: "0", label: "0, always the likeliest" }, { value: "0.3", label: "0.3" }, { value: "0.7", label: "0.7" }, { value: "1", label: "1, as learned" }, { value: "1.3", label: "1.3" }]} />
      <Button variant="default" onClick={chat.clear} disabled={chat.messages.length === 0}>
        New conversation
      </Button>
    </Group>
  );
  return (
    <Page title="Chat" about={about} actions={choices}>
      <div className="chat-column">
        <Bubbles messages={chat.messages} state={chat.state} name={model.name} again={() => chat.again(settings)} />
        <Composer answering={chat.state.is === "answering"} send={(text) => chat.send(settings, text)} stop={chat.stop} />
      </div>
    </Page>
  );
}

export function ChatPage({ project }: { project: Project }) {
  const models = useQuery(modelsQuery(project.id));
  const able = models.data?.filter(canWrite);
  if (able?.length) return <Conversation models={able} />;
  return (
    <Page title="Chat" about={about}>
      {models.isPending ? <Waiting /> : null}
      {models.isError ? <Failed error={models.error} retry={() => void models.refetch()} /> : null}
      {able?.length === 0 ? <Empty title="No model to talk to">The project has no model that writes answers yet.</Empty> : null}
    </Page>
  );
}
