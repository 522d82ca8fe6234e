import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type List } from "../../api/client";
import type { Evaluation, Promotion, Transcript } from "../../api/types";

export function useEvaluation(evaluation: number) {
  return useQuery({
    queryKey: ["evaluation", evaluation],
    queryFn: () => api.get<Evaluation>(`/evaluations/${evaluation}`),
    refetchInterval: (query) => (query.state.data?.state === "generating" ? 2_000 : false),
  });
}

export type Change = "all" | "better" | "worse";

export function useTranscripts(evaluation: number, model: number | null, change: Change) {
  return useInfiniteQuery({
    queryKey: ["transcripts", evaluation, model, change],
    queryFn: ({ pageParam }) => {
      const search = new URLSearchParams({ change, limit: "10" });
      if (model !== null) search.set("model_id", String(model));
      if (pageParam) search.set("cursor", pageParam);
      return api.get<List<Transcript>>(`/evaluations/${evaluation}/transcripts?${search}`);
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function usePromote(project: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { model_id: number; evaluation_id: number; note: string }) => api.post<Promotion>(`/projects/${project}/promotions`, input),
    onSuccess: async () => {
      for (const key of ["promotions", "models", "projects", "rounds", "round"]) await client.invalidateQueries({ queryKey: [key] });
    },
  });
}
