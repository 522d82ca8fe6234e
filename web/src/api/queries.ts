// Questions that more than one page asks.
import { queryOptions } from "@tanstack/react-query";
import { api, type List } from "./client";
import type { GuidelineVersion, Model, Promotion, RoundSummary, RubricVersion } from "./types";

export const modelsQuery = (project: number) =>
  queryOptions({
    queryKey: ["models", project],
    queryFn: async () => (await api.get<List<Model>>(`/projects/${project}/models`)).items,
  });

export const roundsQuery = (project: number) =>
  queryOptions({
    queryKey: ["rounds", project],
    queryFn: async () => (await api.get<List<RoundSummary>>(`/projects/${project}/rounds`)).items,
  });

export const promotionsQuery = (project: number) =>
  queryOptions({
    queryKey: ["promotions", project],
    queryFn: async () => (await api.get<List<Promotion>>(`/projects/${project}/promotions`)).items,
  });

export const guidelinesQuery = (project: number) =>
  queryOptions({
    queryKey: ["guidelines", project],
    queryFn: async () => (await api.get<{ items: GuidelineVersion[] }>(`/projects/${project}/guidelines`)).items,
  });

export const rubricsQuery = (project: number) =>
  queryOptions({
    queryKey: ["rubrics", project],
    queryFn: async () => (await api.get<List<RubricVersion>>(`/projects/${project}/rubrics`)).items,
  });

export function latestOf<Version extends { version: number }>(versions: Version[] | undefined): Version | undefined {
  return versions?.reduce<Version | undefined>((a, b) => (a && a.version > b.version ? a : b), undefined);
}

// A reward model gives scores and writes nothing.
export function canWrite(model: Model): boolean {
  return model.objective !== "reward";
}

export function modelName(models: Model[] | undefined, id: number | null | undefined): string {
  if (id === null || id === undefined) return "none";
  return models?.find((model) => model.id === id)?.name ?? `model ${id}`;
}
