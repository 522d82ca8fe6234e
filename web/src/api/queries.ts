// Questions that more than one page asks.
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { GuidelineVersion, Model, Promotion, RoundSummary, RubricVersion } from "./types";

export const modelsQuery = (project: number) =>
  queryOptions({
    queryKey: ["models", project],
    queryFn: () => api.all<Model>(`/projects/${project}/models`),
  });

export const roundsQuery = (project: number) =>
  queryOptions({
    queryKey: ["rounds", project],
    queryFn: () => api.all<RoundSummary>(`/projects/${project}/rounds`),
  });

export const promotionsQuery = (project: number) =>
  queryOptions({
    queryKey: ["promotions", project],
    queryFn: () => api.all<Promotion>(`/projects/${project}/promotions`),
  });

export const guidelinesQuery = (project: number) =>
  queryOptions({
    queryKey: ["guidelines", project],
    queryFn: () => api.all<GuidelineVersion>(`/projects/${project}/guidelines`),
  });

export const rubricsQuery = (project: number) =>
  queryOptions({
    queryKey: ["rubrics", project],
    queryFn: () => api.all<RubricVersion>(`/projects/${project}/rubrics`),
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
