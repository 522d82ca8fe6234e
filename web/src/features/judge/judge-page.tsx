import { Alert, Button, Group, NativeSelect } from "@mantine/core";
import { useEffect, useState } from "react";
import { ApiError } from "../../api/client";
import type { Kind, Project, Receipt } from "../../api/types";
import { plural } from "../../shared/format";
import { useGlobalKeys } from "../../shared/global-keys";
import { KeyHint } from "../../shared/key-hint";
import { kindName } from "../../shared/kinds";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";
import { FitButton } from "./fit-button";
import { GuidelinesDrawer } from "./guidelines-drawer";
import { kindPages } from "./kinds/table";
import { MyWork } from "./my-work";
import { TaskView } from "./task-view";
import { useNextTask, useProgress } from "./use-task";

type Choice = "all" | Kind;
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

// The work of some kinds: everybody's on the page "Judge", and what looks at the work of others on "Review".
export function JudgePage({ project, title, kinds }: { project: Project; title: string; kinds: Kind[] }) {
  const [kind, setKind] = useState<Choice>("all");
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const [guidelines, setGuidelines] = useState(false);
  const [resting, setResting] = useState(false);
  const next = useNextTask(project.id, kind === "all" ? kinds : [kind]);
  const about = useAbout(project, next.data?.counts.available);
  useGlobalKeys({ "?": () => setGuidelines((open) => !open) });

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
  // The task in hand stays; only who has none looks again.
  const wider = () => {
    if (!next.data) void refetch();
  };
  return (
    <Page title={title} about={about}
      actions={
        <Group gap="sm">
          <NativeSelect size="xs" aria-label="Kind of work" value={kind} onChange={(event) => choose(event.currentTarget.value)}
            data={[{ value: "all", label: "All kinds" }, ...kinds.map((one) => ({ value: one, label: kindName(one) }))]} />
          <Button variant="default" size="xs" onClick={() => setGuidelines(true)}>
            Guidelines <KeyHint label="?" />
          </Button>
          <FitButton project={project} changed={wider} />
        </Group>
      }>
      {receipt ? <Sent receipt={receipt} /> : null}
      <MyWork project={project} />
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
      <Empty title={kindPages[kind].none} action={<><Button onClick={seeAll}>Look at all kinds</Button>{lookAgain}</>}>
        There may be work of another kind.
      </Empty>
    );
  if (!next.data)
    return (
      <Empty title="Nothing left to judge" action={lookAgain}>
        Nothing that suits your languages, domains and kinds of work waits here. Tasks that others leave unfinished come back by themselves.
      </Empty>
    );
  return <TaskView key={`${next.data.task.id}/${next.data.lease.token}`} project={project} next={next.data} done={done} />;
}
