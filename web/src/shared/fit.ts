// What a person is handed: their languages, domains and kinds of work. An empty list sets no limit.
import type { Fit } from "../api/types";
import { kindName } from "./kinds";
import { languageName } from "./words";

export type Option = { value: string; label: string };

// What the project has, and what was chosen before and is no longer there, so that it can be seen and taken out.
function offered(present: string[], chosen: string[], name: (value: string) => string): Option[] {
  return [...new Set([...present, ...chosen])].map((value) => ({ value, label: name(value) }));
}

export function languageOptions(present: string[], fit: Fit): Option[] {
  return offered(present, fit.languages, languageName);
}

export function domainOptions(present: string[], fit: Fit): Option[] {
  return offered(present, fit.domains, (domain) => domain);
}

export function kindOptions(present: string[], fit: Fit): Option[] {
  return offered(present, fit.kinds, kindName);
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}

export function sameFit(a: Fit, b: Fit): boolean {
  return same(a.languages, b.languages) && same(a.domains, b.domains) && same(a.kinds, b.kinds) && same(a.hazards, b.hazards);
}
