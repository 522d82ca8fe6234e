import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Exchange } from "../../api/types";

type Said = Exchange["messages"];

// What the model answered in this task so far; and asking it again.
export function useTrials(task: number) {
  const client = useQueryClient();
  const key = ["trials", task];
  const kept = useQuery({ queryKey: key, queryFn: () => api.get<{ exchanges: Exchange[] }>(`/tasks/${task}/trials`), retry: false });
  const ask = useMutation({
    mutationFn: (messages: Said) => api.post<Exchange>(`/tasks/${task}/trials`, { messages }),
    onSuccess: (exchange) => client.setQueryData<{ exchanges: Exchange[] }>(key, (before) => ({ exchanges: [...(before?.exchanges ?? []), exchange] })),
  });
  return { exchanges: kept.data?.exchanges ?? [], ask };
}
