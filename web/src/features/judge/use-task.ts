import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Kind, NextTask, Progress, Receipt } from "../../api/types";
import type { Payload } from "./work";

// With the moment at which the server was asked (performance.now()): a draft that was saved later may not be in it.
export type TaskInHand = NextTask & { asked: number };

async function nextTask(project: number, kinds: Kind[]): Promise<TaskInHand | null> {
  const asked = performance.now();
  const next = await api.post<NextTask | undefined>(`/projects/${project}/tasks/next`, { kinds });
  return next ? { ...next, asked } : null;
}

export function useProgress(project: number) {
  return useQuery({ queryKey: ["progress", project], queryFn: () => api.get<Progress>(`/projects/${project}/my/progress`) });
}

// The task in hand. Asking again gives the same one until it is sent or skipped.
export function useNextTask(project: number, kinds: Kind[]) {
  return useQuery({
    queryKey: ["next-task", project, kinds.join()],
    queryFn: () => nextTask(project, kinds),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
}

export function useSubmit(project: number, next: NextTask) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { payload: Payload; seconds: number; key: string }) =>
      api.post<Receipt>(
        `/tasks/${next.task.id}/judgments`,
        { lease_token: next.lease.token, payload: input.payload, seconds_active: input.seconds },
        { headers: { "Idempotency-Key": input.key } },
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["progress", project] }),
  });
}

export function useSkip(next: NextTask) {
  return useMutation({
    mutationFn: (reason: string) => api.post(`/tasks/${next.task.id}/skip`, { lease_token: next.lease.token, reason }),
  });
}
