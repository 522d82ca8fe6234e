// What a project is called, speaks and is about, and how its check questions watch people, as it is typed.
import { api, ifMatch } from "../../api/client";
import type { Project, ProjectSettings } from "../../api/types";
import { part, percent, within, type Typed } from "./policy";
import type { Problems } from "./problems";
import type { Settings } from "./use-settings";

export type ProjectForm = { name: string; languages: string[]; domains: string[]; good: Typed; bad: Typed; threshold: Typed; rate: Typed };

export function projectForm({ name, languages, domains, gold_watch }: ProjectSettings): ProjectForm {
  const { good = 0.85, bad = 0.6, threshold = 9, rate = 0.1 } = gold_watch;
  return { name, languages, domains, good: percent(good), bad: percent(bad), threshold, rate: percent(rate) };
}

export function settingsOf({ name, languages, domains, good, bad, threshold, rate }: ProjectForm): ProjectSettings {
  return { name: name.trim(), languages, domains, gold_watch: { good: part(good), bad: part(bad), threshold: Number(threshold), rate: part(rate) } };
}

export function projectProblems(form: ProjectForm): Problems {
  const problems: Problems = {};
  if (form.name.trim() === "") problems["/name"] = "A project has a name.";
  if (form.languages.length === 0) problems["/languages"] = "At least one.";
  const strange = form.languages.find((tag) => !/^[a-z]{2,8}(-[a-z0-9]{1,8})*$/iu.test(tag));
  if (strange !== undefined) problems["/languages"] = `“${strange}” is no language tag. Write for example en, de or ar-EG.`;
  if (!within(form.good, 1, 99)) problems["/gold_watch/good"] = "From 1 to 99 %.";
  if (!within(form.bad, 1, 99)) problems["/gold_watch/bad"] = "From 1 to 99 %.";
  else if (Number(form.bad) >= Number(form.good)) problems["/gold_watch/bad"] = "Less than a good judge gets right.";
  if (!within(form.threshold, 0.1, 1000)) problems["/gold_watch/threshold"] = "From 0.1 to 1,000.";
  if (!within(form.rate, 0, 100)) problems["/gold_watch/rate"] = "From 0 to 100 %; 0 is off.";
  return problems;
}

// As typed: a form that is the same as before is taken back, and a space between two words would go with it.
export function sameProject(a: ProjectForm, b: ProjectForm): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export const projectSettings: Settings<ProjectForm> = {
  name: "project",
  formOf: (project: Project) => projectForm(project),
  same: sameProject,
  put: (project, form) => api.put<Project>(`/projects/${project.id}/settings`, settingsOf(form), ifMatch(project.settings_tag)),
};
