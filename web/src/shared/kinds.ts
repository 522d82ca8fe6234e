// The kinds of work, in the order of the menus.
import type { Kind } from "../api/types";
import { words } from "./words";

const names: Record<Kind, string> = {
  compare: "Compare",
  rate: "Rate",
  write: "Write",
  edit: "Edit",
  rewrite: "Rewrite",
  spans: "Mark passages",
  flag: "Flag",
  rubric: "Rubric",
  fact_check: "Check facts",
  prompt: "Write prompts",
  chat: "Chat",
  review: "Review",
  appeal: "Appeal",
  adjudicate: "Settle",
};

const all = Object.keys(names) as Kind[];

// What looks at the work of others. Its tasks come by themselves.
export const reviewing: Kind[] = ["review", "appeal", "adjudicate"];
export const judging = all.filter((kind) => !reviewing.includes(kind));

export function kindName(kind: string): string {
  return names[kind as Kind] ?? words(kind);
}

export function inOrder(kinds: string[]): string[] {
  const known = all.filter((kind) => kinds.includes(kind));
  return [...known, ...kinds.filter((kind) => !(known as string[]).includes(kind))];
}
