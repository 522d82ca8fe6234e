// What the page of one kind of work is made of. A new kind is one file here and its line in table.ts.
import type { ComponentType } from "react";
import type { Exchange, HandedTask } from "../../../api/types";
import type { Payload, Work } from "../work";

export type Change = (update: (before: Work) => Work) => void;
// kept: what a model answered when the work was done, where it is corrected or looked at; then no model is asked.
export type Part = { project: number; task: HandedTask; work: Work; change: Change; kept?: Exchange[] };

export type KindPage = {
  none: string; // when there is no such work
  payload: (work: Work, task: HandedTask) => Payload;
  // The first thing that still stands in the way of sending, in words; null when nothing does.
  missing: (task: HandedTask, work: Work) => string | null;
  // What was sent, to be changed and sent again.
  restored: (payload: Payload, task: HandedTask) => Work;
  Left?: ComponentType<Part>; // under the conversation, in place of the plain answers
  Form: ComponentType<Part>;
};

export const letters = ["A", "B", "C", "D", "E", "F", "G", "H"];

// What a kind alone knows of the work, kept under its name.
export function ownPart<State>(name: string, empty: State) {
  return {
    of: (work: Work): State => ({ ...empty, ...(work.own[name] as Partial<State> | undefined) }),
    set: (work: Work, state: Partial<State>): Work => ({
      ...work,
      own: { ...work.own, [name]: { ...empty, ...(work.own[name] as Partial<State> | undefined), ...state } },
    }),
  };
}
