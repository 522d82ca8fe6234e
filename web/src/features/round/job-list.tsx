import { Alert, Badge, Button, Group, Progress, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Job } from "../../api/types";
import { duration, moment, share } from "../../shared/format";
import { Failed, Waiting } from "../../shared/states";
import { jobName, stateColor, stateName } from "../../shared/words";
import { isActive, useJobCommand } from "./use-round";

type Log = { lines: { number: number; at: string; text: string }[] };

function JobLog({ job }: { job: Job }) {
  const log = useQuery({
    queryKey: ["job-log", job.id],
    queryFn: () => api.get<Log>(`/jobs/${job.id}/log`),
    refetchInterval: isActive(job) ? 2_000 : false,
  });
  if (log.isPending) return <Waiting label="Loading the log" />;
  if (log.isError) return <Failed error={log.error} />;
  return (
    <pre className="log mono" tabIndex={0} aria-label={`Log of job ${job.id}`}>
      {log.data.lines.map((line) => line.text).join("\n") || "The job has written nothing."}
    </pre>
  );
}

function Commands({ job }: { job: Job }) {
  const command = useJobCommand(job);
  const resumable = job.state === "failed" || job.state === "cancelled";
  return (
    <>
      {isActive(job) ? (
        <Button size="xs" variant="default" disabled={job.cancel_requested} loading={command.isPending} onClick={() => command.mutate("cancel")}>
          {job.cancel_requested ? "Stopping …" : "Cancel"}
        </Button>
      ) : null}
      {resumable ? (
        <Button size="xs" variant="light" loading={command.isPending} onClick={() => command.mutate("resume")}>
          Resume
        </Button>
      ) : null}
      {command.isError ? (
        <Text size="xs" className="worse" role="alert">
          {command.error.message}
        </Text>
      ) : null}
    </>
  );
}

function about(job: Job): string {
  const attempt = job.attempts > 1 ? `attempt ${job.attempts}` : "";
  if (!job.started_at) return [job.message, `asked for ${moment(job.created_at)}`].filter(Boolean).join(" · ");
  const took = duration(job.started_at, job.ended_at);
  const times = job.state === "done" ? `${moment(job.started_at)}, took ${took}` : `begun ${moment(job.started_at)}, ${took}`;
  return [isActive(job) ? share(job.progress) : "", job.message === "Done" ? "" : job.message, times, attempt].filter(Boolean).join(" · ");
}

function JobCard({ job, mayRun }: { job: Job; mayRun: boolean }) {
  const [log, setLog] = useState(false);
  const name = typeof job.params?.name === "string" ? job.params.name : "";
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <Group gap="xs" className="grows">
          <Text fw={600} className="breaks">
            {jobName(job.kind)}
            {name ? (
              <>
                : <bdi>{name}</bdi>
              </>
            ) : null}
          </Text>
          <Badge size="sm" variant="light" color={stateColor(job.state)}>
            {stateName(job.state)}
          </Badge>
        </Group>
        <Group gap="xs">
          {mayRun ? <Commands job={job} /> : null}
          <Button size="xs" variant="subtle" color="gray" aria-expanded={log} onClick={() => setLog(!log)}>
            Log
          </Button>
        </Group>
      </Group>
      {isActive(job) ? <Progress my="xs" value={100 * job.progress} animated aria-label={`${jobName(job.kind)}: ${share(job.progress)}`} /> : null}
      <Text size="sm" c="dimmed" className="breaks">
        {about(job)}
      </Text>
      {job.error ? (
        <Alert mt="sm" color={job.state === "cancelled" ? "gray" : "red"} className="breaks">
          {job.error}
        </Alert>
      ) : null}
      {log ? <JobLog job={job} /> : null}
    </li>
  );
}

const shownAtFirst = 4;

export function JobList({ jobs, mayRun }: { jobs: Job[]; mayRun: boolean }) {
  const [all, setAll] = useState(false);
  const newest = [...jobs].sort((a, b) => Number(isActive(b)) - Number(isActive(a)) || b.id - a.id);
  const shown = all ? newest : newest.slice(0, shownAtFirst);
  return (
    <>
      <ul className="card rows" aria-live="polite">
        {shown.map((job) => (
          <JobCard key={job.id} job={job} mayRun={mayRun} />
        ))}
      </ul>
      {newest.length > shownAtFirst ? (
        <Button mt="xs" variant="subtle" size="xs" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${newest.length} jobs`}
        </Button>
      ) : null}
    </>
  );
}
