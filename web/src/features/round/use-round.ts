import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Job, Round, RoundSummary, RunWithSteps } from "../../api/types";

export function isActive(job: Pick<Job, "state">): boolean {
  return job.state === "queued" || job.state === "running";
}

const pollMs = 2_000;

export function useRound(round: number) {
  return useQuery({
    queryKey: ["round", round],
    queryFn: () => api.get<Round>(`/rounds/${round}`),
    refetchInterval: (query) => (query.state.data?.jobs.some(isActive) ? pollMs : false),
  });
}

export function useRun(run: number, running: boolean) {
  return useQuery({
    queryKey: ["run", run],
    queryFn: () => api.get<RunWithSteps>(`/runs/${run}`),
    refetchInterval: running ? pollMs : false,
  });
}

export function useStartRound(project: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => api.post<RoundSummary>(`/projects/${project}/rounds`, { name }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["rounds", project] }),
  });
}

export type JobStart = "generate" | "snapshot" | "train" | "evaluate";

export function useStartJob(round: number, kind: JobStart) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: object) => api.post<Job>(`/rounds/${round}/${kind}`, request),
    onSuccess: () => client.invalidateQueries({ queryKey: ["round", round] }),
  });
}

export function useJobCommand(job: Job) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (command: "cancel" | "resume") => api.post<Job>(`/jobs/${job.id}/${command}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["round"] }),
  });
}
