import { Alert, Button, Drawer, Group, SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, ApiError } from "../../api/client";
import type { GuidelineVersion, Kind, Project, Receipt } from "../../api/types";
import { plural } from "../../shared/format";
import { useGlobalKeys } from "../../shared/global-keys";
import { KeyHint } from "../../shared/key-hint";
import { Markdown } from "../../shared/markdown";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";
import { TaskView } from "./task-view";
import { useNextTask, useProgress } from "./use-task";

const every: Kind[] = ["compare", "rate", "write"];
const pauseMs = 900;

function Guidelines({ project, opened, close }: { project: Project; opened: boolean; close: () => void }) {
  const query = useQuery({
    queryKey: ["guidelines", project.id],
    queryFn: async () => (await api.get<{ items: GuidelineVersion[] }>(`/projects/${project.id}/guidelines`)).items,
    enabled: opened,
  });
  const latest = query.data?.at(-1);
  return (
    <Drawer opened={opened} onClose={close} position="right" size="lg" title={latest ? `Guidelines, version ${latest.version}` : "Guidelines"}>
      {query.isPending ? <Waiting /> : null}
      {latest ? <Markdown text={latest.markdown} /> : null}
    </Drawer>
  );
}

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

export function JudgePage({ project }: { project: Project }) {
  const [kind, setKind] = useState<"all" | Kind>("all");
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const [guidelines, setGuidelines] = useState(false);
  const [resting, setResting] = useState(false);
  const next = useNextTask(project.id, kind === "all" ? every : [kind]);
  const progress = useProgress(project.id);
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
  const about = progress.data ? `${plural(progress.data.done_today, "judgment")} today, ${progress.data.done} in all` : null;
  return (
    <Page wide title="Judge" about={about}
      actions={
        <Group gap="sm">
          <SegmentedControl size="xs" aria-label="Kind of work" value={kind} onChange={(value) => { setReceipt(null); setKind(value as "all" | Kind); }}
            data={[{ value: "all", label: "All" }, { value: "compare", label: "Compare" }, { value: "rate", label: "Rate" }, { value: "write", label: "Write" }]} />
          <Button variant="default" size="xs" onClick={() => setGuidelines(true)}>
            Guidelines <KeyHint label="g" />
          </Button>
        </Group>
      }>
      {receipt ? <Sent receipt={receipt} /> : null}
      <Current project={project} next={next} resting={resting} done={done} />
      {next.data && !resting ? (
        <Text size="xs" c="dimmed" mt="md">
          {plural(next.data.counts.available, "more task")} waiting for you
        </Text>
      ) : null}
      <Guidelines project={project} opened={guidelines} close={() => setGuidelines(false)} />
    </Page>
  );
}

type CurrentProps = { project: Project; next: ReturnType<typeof useNextTask>; resting: boolean; done: (receipt: Receipt | null) => void };

function Current({ project, next, resting, done }: CurrentProps) {
  if (next.isPending || resting) return <Waiting label="The next task" />;
  if (next.isError) {
    if (next.error instanceof ApiError && next.error.status === 403)
      return <Empty title="You have no tasks here at the moment">{next.error.message}</Empty>;
    return <Failed error={next.error} retry={() => void next.refetch()} />;
  }
  if (!next.data)
    return (
      <Empty title="All done for now">
        Nothing waits for you here. Tasks that others leave unfinished come back by themselves.
        <div>
          <Button mt="md" variant="light" onClick={() => void next.refetch()}>
            Look again
          </Button>
        </div>
      </Empty>
    );
  return <TaskView key={`${next.data.task.id}/${next.data.lease.token}`} project={project} next={next.data} done={done} />;
}
