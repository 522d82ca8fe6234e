import { useMutation } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Exchange } from "../../api/types";

type Said = Exchange["messages"];

// Asking the model within a task.
export function useTrials(task: number) {
  const ask = useMutation({
    mutationFn: (messages: Said) => api.post<Exchange>(`/tasks/${task}/trials`, { messages }),
  });
  return { ask };
}
