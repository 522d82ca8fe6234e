import { Alert, Badge, Button, Group, Modal, NativeSelect, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { canWrite, modelsQuery, promotionsQuery } from "../../api/queries";
import type { Evaluation, Project } from "../../api/types";
import { moment } from "../../shared/format";
import { Section } from "../../shared/section";
import { Empty, Failed } from "../../shared/states";
import { usePromote } from "./use-evaluation";

function PromoteForm({ project, evaluation }: { project: Project; evaluation: Evaluation }) {
  const models = useQuery(modelsQuery(project.id));
  const [model, setModel] = useState("");
  const [note, setNote] = useState("");
  const [wanting, setWanting] = useState(false);
  const [tried, setTried] = useState(false);
  const promote = usePromote(project.id);
  const current = models.data?.find((candidate) => candidate.current);
  const eligible = evaluation.models.filter((candidate) => {
    const known = models.data?.find((entry) => entry.id === candidate.id);
    return candidate.id !== current?.id && (!known || canWrite(known));
  });
  const chosen = eligible.find((candidate) => String(candidate.id) === model);
  const obstacle = !chosen ? "Choose a model." : note.trim() === "" ? "Say why, in a sentence others will read." : null;
  const ask = () => {
    setTried(true);
    if (!obstacle) setWanting(true);
  };
  const confirm = () => {
    if (!chosen) return;
    setWanting(false);
    promote.mutate({ model_id: chosen.id, evaluation_id: evaluation.id, note: note.trim() }, { onSuccess: () => { setNote(""); setModel(""); setTried(false); } });
  };
  return (
    <div className="card">
      <Stack gap="sm">
        <NativeSelect label="Model that takes over" required value={model} onChange={(event) => { setModel(event.currentTarget.value); promote.reset(); }}
          data={[{ value: "", label: "Choose a model" }, ...eligible.map((candidate) => ({ value: String(candidate.id), label: candidate.name }))]} />
        <Textarea label="Why" required description="What the figures and the transcripts showed. It stays in the history." autosize minRows={2} dir="auto" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        {tried && obstacle ? <Alert color="yellow" role="alert">{obstacle}</Alert> : null}
        {promote.isError ? <Failed error={promote.error} /> : null}
        {promote.isSuccess ? <Alert color="teal" role="status">{promote.data.model_name} is the current model now.</Alert> : null}
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            Current: <bdi>{current?.name ?? "none"}</bdi>
          </Text>
          <Button onClick={ask} loading={promote.isPending}>
            Promote …
          </Button>
        </Group>
      </Stack>
      <Modal opened={wanting} onClose={() => setWanting(false)} title={`Promote ${chosen?.name ?? ""}?`} centered>
        <Text size="sm">
          It replaces <bdi>{current?.name ?? "nothing"}</bdi> as the current model of <bdi>{project.name}</bdi>: chats and new rounds start from it. Your name and the note stand in the history.
        </Text>
        <Text size="sm" className="turn text" mt="sm" dir="auto">
          {note.trim()}
        </Text>
        <Group mt="md" justify="flex-end">
          <Button variant="default" data-autofocus onClick={() => setWanting(false)}>
            Cancel
          </Button>
          <Button onClick={confirm}>Promote</Button>
        </Group>
      </Modal>
    </div>
  );
}

function History({ project, evaluation }: { project: Project; evaluation: Evaluation }) {
  const promotions = useQuery(promotionsQuery(project.id));
  if (promotions.isError) return <Failed error={promotions.error} />;
  if (promotions.data?.length === 0) return <Empty title="No decision yet">Which model the project uses is decided by a person, with a note.</Empty>;
  return (
    <ul className="plain-list">
      {promotions.data?.map((promotion) => (
        <li key={promotion.id} className="card">
          <Group gap="xs">
            <Text fw={600} className="breaks">
              <bdi>{promotion.model_name}</bdi>
            </Text>
            {promotion.evaluation_id === evaluation.id ? <Badge size="sm" variant="light">from this evaluation</Badge> : null}
          </Group>
          <Text size="sm" c="dimmed">
            by <bdi>{promotion.person_name}</bdi>, {moment(promotion.created_at)}
          </Text>
          <div className="text" dir="auto">
            {promotion.note}
          </div>
        </li>
      ))}
    </ul>
  );
}

export function PromotionPanel({ project, evaluation, mayPromote }: { project: Project; evaluation: Evaluation; mayPromote: boolean }) {
  return (
    <Section title="Decision">
      <div className={mayPromote ? "halves" : undefined}>
        {mayPromote ? <PromoteForm project={project} evaluation={evaluation} /> : null}
        <History project={project} evaluation={evaluation} />
      </div>
    </Section>
  );
}
