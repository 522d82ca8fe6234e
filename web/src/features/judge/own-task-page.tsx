import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api } from "../../api/client";
import type { Exchange, HandedTask, OwnTask, Project, Receipt } from "../../api/types";
import { useGlobalKeys } from "../../shared/global-keys";
import { KeyHint } from "../../shared/key-hint";
import { Page } from "../../shared/page";
import { Failed, Waiting } from "../../shared/states";
import { useActiveSeconds } from "./active-time";
import { Conversation } from "./conversation";
import { PlainAnswers } from "./kinds/earlier-work";
import { kindPages } from "./kinds/table";
import { PayloadView } from "./payload-view";
import type { Payload } from "./work";

const states: Record<string, string> = {
  in_review: "It waits for review; until then you can still change it.",
  accepted: "It was accepted.",
  fixed: "A reviewer put it right.",
  returned: "It was returned to you.",
  rejected: "It was rejected and does not count.",
  appealed: "Your appeal waits for a decision.",
  upheld: "Your appeal was turned down.",
  reinstated: "Your appeal was granted.",
};

export function OwnTaskPage({ project }: { project: Project }) {
  const task = Number(useParams().task);
  const own = useQuery({ queryKey: ["own-task", task], queryFn: () => api.get<OwnTask>(`/tasks/${task}/own`), staleTime: Infinity });
  if (own.isPending) return <Waiting label="Your judgment" />;
  if (own.isError) return <Failed error={own.error} retry={() => void own.refetch()} />;
  return (
    <Page title="Your judgment" about={own.data.standing ? states[own.data.standing.state] : "Nobody has reviewed it."}>
      <Standing own={own.data} />
      <Correction key={own.data.judgment.id} project={project} own={own.data} />
    </Page>
  );
}

function Standing({ own: { standing } }: { own: OwnTask }) {
  const said = [standing?.clause, standing?.comment, standing?.decision].filter(Boolean);
  if (said.length === 0) return null;
  return (
    <Alert mb="md" color="yellow" title="From review">
      {said.map((text) => <Text key={text} size="sm" dir="auto">{text}</Text>)}
    </Alert>
  );
}

// What the model answered at the time, where the kind of work talks to one.
function useKept(task: HandedTask): Exchange[] {
  const talks = task.kind === "prompt" || task.kind === "chat";
  const trials = useQuery({ queryKey: ["trials", task.id], queryFn: () => api.get<{ exchanges: Exchange[] }>(`/tasks/${task.id}/trials`), retry: false, enabled: talks });
  return trials.data?.exchanges ?? [];
}

function Correction({ project, own }: { project: Project; own: OwnTask }) {
  const { task, judgment } = own;
  const page = kindPages[task.kind];
  const open = !own.standing || own.standing.state === "in_review" || own.standing.state === "returned";
  const [work, setWork] = useState(() => page.restored(judgment.payload as Payload, task));
  const [tried, setTried] = useState(false);
  const [key] = useState(() => `correction-${judgment.id}-${crypto.randomUUID?.() ?? String(Math.random())}`);
  const seconds = useActiveSeconds(task.id);
  const client = useQueryClient();
  const navigate = useNavigate();
  const kept = useKept(task);
  const grid = useRef<HTMLDivElement>(null);
  const obstacle = page.missing(task, work);
  const send = useMutation({
    mutationFn: () =>
      api.post<Receipt>(
        `/tasks/${task.id}/judgments`,
        { lease_token: "correction", payload: page.payload(work, task), seconds_active: seconds(), supersedes: judgment.id },
        { headers: { "Idempotency-Key": key } },
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["standings", project.id] });
      client.removeQueries({ queryKey: ["own-task", task.id] });
      await navigate(`/p/${project.id}/judge`);
    },
  });
  const submit = () => {
    setTried(true);
    if (obstacle) grid.current?.querySelector<HTMLElement>("[data-wanted]")?.focus();
    if (open && !obstacle && !send.isPending) send.mutate();
  };
  useGlobalKeys({ submit });
  if (!open)
    return (
      <Stack gap="md">
        <Conversation task={task} />
        <PlainAnswers task={task} />
        <PayloadView title="Your judgment" project={project.id} task={task} kind={task.kind} payload={judgment.payload} exchanges={kept} />
      </Stack>
    );
  return (
    <div className="judge-grid" ref={grid}>
      <Stack gap="md">
        <Conversation task={task} />
        {page.Left ? <page.Left project={project.id} task={task} work={work} change={setWork} kept={kept} /> : <PlainAnswers task={task} />}
      </Stack>
      <section className="card judge-form" aria-label="Your judgment">
        <page.Form project={project.id} task={task} work={work} change={setWork} kept={kept} />
        {tried && obstacle ? <Alert mt="sm" color="yellow" role="alert">{obstacle}</Alert> : null}
        {send.isError ? <Alert mt="sm" color="red" role="alert" title="Not sent">{send.error.message}</Alert> : null}
        <Group mt="md" justify="flex-end">
          <Button onClick={submit} loading={send.isPending}>
            Send the correction <KeyHint label="Ctrl ↵" />
          </Button>
        </Group>
      </section>
    </div>
  );
}
