import { Alert, Button, Group, SegmentedControl } from "@mantine/core";
import { useEffect, useState } from "react";
import { ApiError } from "../../api/client";
import type { Kind, Project, Receipt } from "../../api/types";
import { plural } from "../../shared/format";
import { useGlobalKeys } from "../../shared/global-keys";
import { KeyHint } from "../../shared/key-hint";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";
import { GuidelinesDrawer } from "./guidelines-drawer";
import { TaskView } from "./task-view";
import { useNextTask, useProgress } from "./use-task";

type Choice = "all" | Kind;
const every: Kind[] = ["compare", "rate", "write"];
const pauseMs = 900;

function Sent({ receipt }: { receipt: Receipt }) {
  if (receipt.gold)
    return (
      <Alert color={receipt.gold.right ? "teal" : "yellow"} mb="md" role="status" title={receipt.gold.right ? "Right: this was a check with a known answer" : "This was a check with a known answer, and it is another one"}>
        {receipt.gold.explanation}
      </Alert>
    );
  return (
    <Alert color="teal" mb="md" role="status" py={8}>
      {receipt.counted ? "Sent." : "Sent and kept. Somebody else had taken the task over in the meantime, so it does not count twice."}
    </Alert>
  );
}

function useAbout(project: Project, available: number | undefined): string | null {
  const progress = useProgress(project.id).data;
  if (!progress) return null;
  const done = `${plural(progress.done_today, "judgment")} today, ${progress.done} in all`;
  return available ? `${done} · ${plural(available, "more task")} waiting` : done;
}

export function JudgePage({ project }: { project: Project }) {
  const [kind, setKind] = useState<Choice>("all");
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const [guidelines, setGuidelines] = useState(false);
  const [resting, setResting] = useState(false);
  const next = useNextTask(project.id, kind === "all" ? every : [kind]);
  const about = useAbout(project, next.data?.counts.available);
  useGlobalKeys({ g: () => setGuidelines((open) => !open) });

  const { refetch } = next;
  useEffect(() => {
    if (!resting) return;
    const timer = setTimeout(() => void refetch().finally(() => setResting(false)), receipt?.gold && !receipt.gold.right ? 3 * pauseMs : pauseMs);
    return () => clearTimeout(timer);
  }, [resting, receipt, refetch]);

  const done = (given: Receipt | null) => {
    setReceipt(given);
    setResting(true);
    window.scrollTo({ top: 0 });
  };
  const choose = (value: string) => {
    setReceipt(null);
    setKind(value as Choice);
  };
  return (
    <Page title="Judge" about={about}
      actions={
        <Group gap="sm">
          <SegmentedControl size="xs" aria-label="Kind of work" value={kind} onChange={choose}
            data={[{ value: "all", label: "All" }, { value: "compare", label: "Compare" }, { value: "rate", label: "Rate" }, { value: "write", label: "Write" }]} />
          <Button variant="default" size="xs" onClick={() => setGuidelines(true)}>
            Guidelines <KeyHint label="g" />
          </Button>
        </Group>
      }>
      {receipt ? <Sent receipt={receipt} /> : null}
      <Current project={project} kind={kind} next={next} resting={resting} done={done} seeAll={() => choose("all")} />
      <GuidelinesDrawer project={project} opened={guidelines} close={() => setGuidelines(false)} />
    </Page>
  );
}

type CurrentProps = {
  project: Project;
  kind: Choice;
  next: ReturnType<typeof useNextTask>;
  resting: boolean;
  done: (receipt: Receipt | null) => void;
  seeAll: () => void;
};

const ofKind: Record<Kind, string> = { compare: "No comparison waits for you", rate: "No answer waits to be rated", write: "No answer waits to be written" };

function Current({ project, kind, next, resting, done, seeAll }: CurrentProps) {
  const lookAgain = (
    <Button variant="light" loading={next.isFetching} onClick={() => void next.refetch()}>
      Look again
    </Button>
  );
  if (next.isPending || resting) return <Waiting label="The next task" />;
  if (next.isError) {
    if (next.error instanceof ApiError && next.error.status === 403)
      return <Empty title="You have no tasks here at the moment" action={lookAgain}>{next.error.message}</Empty>;
    return <Failed error={next.error} retry={() => void next.refetch()} />;
  }
  if (!next.data && kind !== "all")
    return (
      <Empty title={ofKind[kind]} action={<><Button onClick={seeAll}>Look at all kinds</Button>{lookAgain}</>}>
        There may be work of another kind.
      </Empty>
    );
  if (!next.data)
    return (
      <Empty title="Nothing left to judge" action={lookAgain}>
        Nothing waits for you here. Tasks that others leave unfinished come back by themselves.
      </Empty>
    );
  return <TaskView key={`${next.data.task.id}/${next.data.lease.token}`} project={project} next={next.data} done={done} />;
}
