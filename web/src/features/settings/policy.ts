// How work is handed out, as it is typed and as it is sent. Shares are percent in the form and parts of one on the wire.
import { api, ifMatch } from "../../api/client";
import type { WorkPolicy } from "../../api/types";
import { inOrder } from "../../shared/kinds";
import type { Problems } from "./problems";
import type { Settings } from "./use-settings";

export type Typed = number | string; // of a number field: empty, or half a number, is text
export type KindRule = { people: Typed; reviewed: boolean; newcomer: Typed; share: Typed };
export type PolicyForm = { kinds: Record<string, KindRule>; adjudicate: Typed; consent: boolean };

const usual = { newcomer: 20, share: 10 };

export function percent(part: number): number {
  return Number((100 * part).toFixed(2));
}

export function part(typed: Typed): number {
  return Number((Number(typed) / 100).toFixed(4));
}

export function policyForm(policy: WorkPolicy): PolicyForm {
  const kinds: PolicyForm["kinds"] = {};
  for (const kind of inOrder(Object.keys(policy.overlap))) {
    const review = policy.review[kind];
    kinds[kind] = {
      people: policy.overlap[kind] ?? 1,
      reviewed: review !== undefined,
      newcomer: review?.newcomer ?? usual.newcomer,
      share: review ? percent(review.share) : usual.share,
    };
  }
  return { kinds, adjudicate: percent(policy.adjudicate_below), consent: policy.hazard_consent };
}

export function policyOf(form: PolicyForm): WorkPolicy {
  const kinds = Object.entries(form.kinds);
  return {
    overlap: Object.fromEntries(kinds.map(([kind, rule]) => [kind, Number(rule.people)])),
    review: Object.fromEntries(kinds.filter(([, rule]) => rule.reviewed).map(([kind, rule]) => [kind, { newcomer: Number(rule.newcomer), share: part(rule.share) }])),
    adjudicate_below: part(form.adjudicate),
    hazard_consent: form.consent,
  };
}

export function within(typed: Typed, low: number, high: number): boolean {
  const value = Number(typed);
  return String(typed).trim() !== "" && Number.isFinite(value) && value >= low && value <= high;
}

export function wholeWithin(typed: Typed, low: number, high: number): boolean {
  return within(typed, low, high) && Number.isInteger(Number(typed));
}

export function policyProblems(form: PolicyForm): Problems {
  const problems: Problems = {};
  for (const [kind, rule] of Object.entries(form.kinds)) {
    if (!wholeWithin(rule.people, 1, 100)) problems[`/overlap/${kind}`] = "A whole number from 1 to 100.";
    if (!rule.reviewed) continue;
    if (!wholeWithin(rule.newcomer, 0, 1_000_000)) problems[`/review/${kind}/newcomer`] = "A whole number, 0 or more.";
    if (!within(rule.share, 5, 100)) problems[`/review/${kind}/share`] = "From 5 to 100 %.";
  }
  if (!within(form.adjudicate, 0, 100)) problems["/adjudicate_below"] = "From 0 to 100 %; 0 is off.";
  return problems;
}

// Whether both would be sent as the same: what is typed for a kind that is not reviewed does not count.
export function samePolicy(a: PolicyForm, b: PolicyForm): boolean {
  const shown = (form: PolicyForm) =>
    JSON.stringify([form.adjudicate, form.consent, inOrder(Object.keys(form.kinds)).map((kind) => {
      const rule = form.kinds[kind];
      return rule?.reviewed ? [kind, rule.people, rule.newcomer, rule.share] : [kind, rule?.people];
    })]);
  return shown(a) === shown(b);
}

export const policySettings: Settings<PolicyForm> = {
  name: "policy",
  formOf: (project) => policyForm(project.policy),
  same: samePolicy,
  put: (project, form) => api.put<WorkPolicy>(`/projects/${project.id}/policy`, policyOf(form), ifMatch(project.policy_tag)),
};
