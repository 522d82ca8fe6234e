import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { JudgmentLineage, Lineage, Model } from "../../api/types";

export function useModel(model: number) {
  return useQuery({ queryKey: ["model", model], queryFn: () => api.get<Model>(`/models/${model}`) });
}

export function useLineage(model: number) {
  return useQuery({ queryKey: ["lineage", model], queryFn: async () => (await api.get<Lineage>(`/models/${model}/lineage`)).steps });
}

export function useJudgmentLineage(judgment: number) {
  return useQuery({ queryKey: ["judgment-lineage", judgment], queryFn: () => api.get<JudgmentLineage>(`/judgments/${judgment}/lineage`) });
}
