// What is wrong, by its place in the request: "/review/rate/share", "/dimensions/0/label".
import { ApiError } from "../../api/client";

export type Problems = Record<string, string>;

export function count(problems: Problems): number {
  return Object.keys(problems).length;
}

// A refusal of the server, at its place; nothing when it names none.
export function problemsOf(error: Error | null): Problems {
  if (!(error instanceof ApiError) || !error.problem.where) return {};
  return { [error.problem.where]: error.message };
}

// The message of a place, or of anything below it.
export function at(problems: Problems, place: string): string | undefined {
  return problems[place] ?? Object.entries(problems).find(([where]) => where.startsWith(`${place}/`))?.[1];
}
