// What a person is handed: their languages, domains and kinds of work. An empty list sets no limit.
import type { Fit, NewFit } from "../../api/types";
import { kindName } from "../../shared/kinds";
import { languageName } from "../../shared/words";

export type Skills = Required<NewFit>;
export type Option = { value: string; label: string };

// Without the hazards, to which only the person consents.
export function skillsOf({ languages, domains, kinds }: Fit): Skills {
  return { languages, domains, kinds };
}

// What the project has, and what was chosen before and is no longer there, so that it can be seen and taken out.
function offered(present: string[], chosen: string[], name: (value: string) => string): Option[] {
  return [...new Set([...present, ...chosen])].map((value) => ({ value, label: name(value) }));
}

export function languageOptions(present: string[], skills: Skills): Option[] {
  return offered(present, skills.languages, languageName);
}

export function domainOptions(present: string[], skills: Skills): Option[] {
  return offered(present, skills.domains, (domain) => domain);
}

export function kindOptions(present: string[], skills: Skills): Option[] {
  return offered(present, skills.kinds, kindName);
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}

export function sameSkills(a: Skills, b: Skills): boolean {
  return same(a.languages, b.languages) && same(a.domains, b.domains) && same(a.kinds, b.kinds);
}
