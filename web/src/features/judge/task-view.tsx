import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useRef, useState } from "react";
import type { Project, Receipt } from "../../api/types";
import { useGlobalKeys } from "../../shared/global-keys";
import { KeyHint } from "../../shared/key-hint";
import { useActiveSeconds } from "./active-time";
import { Answer } from "./answer";
import { Conversation } from "./conversation";
import { Tools } from "./tools";
import type { DraftState } from "./draft-saver";
import { useDraft } from "./use-draft";
import { useSkip, useSubmit, type TaskInHand } from "./use-task";
import { letters } from "./kinds/kind";
import { kindPages } from "./kinds/table";
import { hasWork } from "./work";

const draftWords = { clean: "", saving: "Saving the draft …", saved: "Draft saved", failed: "Not saved yet" };

function Unsaved({ state }: { state: DraftState }) {
  if (state.is !== "failed") return null;
  return (
    <Alert mt="sm" color="yellow" role="alert" title="The draft is not saved yet">
      {state.reason} It is tried again every few seconds; keep this page open until then.
    </Alert>
  );
}

type Props = { project: Project; next: TaskInHand; done: (receipt: Receipt | null) => void };

export function TaskView({ project, next, done }: Props) {
  const draft = useDraft(next);
  const submit = useSubmit(project.id, next);
  const skip = useSkip(next);
  const seconds = useActiveSeconds(next.task.id);
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const [key] = useState(() => `task-${next.task.id}-${crypto.randomUUID?.() ?? String(Math.random())}`);
  const { task } = next;
  const { payload, missing, Left, Form } = kindPages[task.kind];
  const obstacle = missing(task, draft.work);
  const grid = useRef<HTMLDivElement>(null);

  const send = () => {
    setTried(true);
    if (obstacle) grid.current?.querySelector<HTMLElement>("[data-wanted]")?.focus();
    if (obstacle || submit.isPending) return;
    submit.mutate(
      { payload: payload(draft.work, task), seconds: seconds(), key },
      { onSuccess: (receipt) => { draft.end(); done(receipt); } },
    );
  };
  const leave = () => {
    setAsking(false);
    draft.end();
    skip.mutate("skipped by the person", { onSuccess: () => done(null) });
  };
  const wantSkip = () => (hasWork(draft.work) ? setAsking(true) : leave());
  useGlobalKeys({ submit: send, Enter: () => (document.activeElement === document.body ? send() : false), n: wantSkip });

  return (
    <div className="judge-grid" ref={grid}>
      <Stack gap="md">
        <Conversation task={task} />
        {task.deadline ? <Text size="sm">Due {new Date(task.deadline).toLocaleString()}</Text> : null}
        {Left ? <Left project={project.id} task={task} work={draft.work} change={draft.change} /> : null}
        {!Left && task.responses.length > 0 ? (
          <div className={task.responses.length > 1 ? "answers" : "answers answers-one"}>
            {task.responses.map((response, place) => (
              <Answer key={response.id} response={response} work={draft.work} change={draft.change}
                label={task.responses.length > 1 ? `Answer ${letters[place] ?? place + 1}` : "Answer"}
                chosen={draft.work.outcome.is === "better" && draft.work.outcome.response === response.id} />
            ))}
          </div>
        ) : null}
        <Tools task={task} />
      </Stack>
      <section className="card judge-form" aria-label="Your judgment">
        <Form project={project.id} task={task} work={draft.work} change={draft.change} />
        {tried && obstacle ? <Alert mt="sm" color="yellow" role="alert">{obstacle}</Alert> : null}
        {submit.isError ? <Alert mt="sm" color="red" role="alert" title="Not sent">{submit.error.message}</Alert> : null}
        {submit.isError ? null : <Unsaved state={draft.state} />}
        {skip.isError ? <Alert mt="sm" color="red" role="alert">{skip.error.message}</Alert> : null}
        <Group mt="md" justify="space-between">
          <Button variant="subtle" color="gray" onClick={wantSkip} loading={skip.isPending}>
            Skip <KeyHint label="n" />
          </Button>
          <Button onClick={send} loading={submit.isPending}>
            Send <KeyHint label="Ctrl ↵" />
          </Button>
        </Group>
        <Text size="xs" c="dimmed" mt="xs" ta="end" role="status" mih={18}>
          {draftWords[draft.state.is]}
        </Text>
      </section>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Skip this task?" centered>
        <Text size="sm">What you typed here will be thrown away, and the task does not come back to you.</Text>
        <Group mt="md" justify="flex-end">
          <Button variant="default" data-autofocus onClick={() => setAsking(false)}>Keep working</Button>
          <Button color="red" onClick={leave}>Throw away and skip</Button>
        </Group>
      </Modal>
    </div>
  );
}
