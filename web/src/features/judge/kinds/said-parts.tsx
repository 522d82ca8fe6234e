// Pieces of what somebody said of a task, for others to read.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../../../api/client";
import type { HandedTask, Source } from "../../../api/types";
import { flagNames, type FlagName } from "../work";
import { letters } from "./kind";

export type Row = { label: string; value: ReactNode };

export function Plain({ text }: { text: string }) {
  return (
    <div className="text" dir="auto">
      {text}
    </div>
  );
}

// A row for each text that is there.
export function textRows(texts: [string, unknown][]): Row[] {
  return texts.filter(([, text]) => typeof text === "string" && text.trim() !== "").map(([label, text]) => ({ label, value: <Plain text={text as string} /> }));
}

export function answerName(id: number, { responses }: HandedTask): string {
  const place = responses.findIndex((response) => response.id === id);
  return place < 0 || responses.length === 1 ? "The answer" : `Answer ${letters[place]}`;
}

export function flagRows(flags: { response_id: number; flag: FlagName }[] | undefined, task: HandedTask): Row[] {
  if (!flags || flags.length === 0) return [];
  const nameOf = (flag: FlagName) => flagNames.find((entry) => entry.flag === flag)?.label ?? flag;
  const lines = flags.map(({ response_id, flag }) => (task.responses.length > 1 ? `${answerName(response_id, task)}: ${nameOf(flag).toLowerCase()}` : nameOf(flag)));
  return [{ label: "Flags", value: lines.join(", ") }];
}

export function Diff({ parts }: { parts: [string, string][] }) {
  return (
    <div className="text" dir="auto">
      {parts.map(([sign, text], place) => (sign === "+" ? <ins key={place}>{text}</ins> : sign === "-" ? <del key={place}>{text}</del> : <span key={place}>{text}</span>))}
    </div>
  );
}

export function useSources(project: number) {
  return useQuery({ queryKey: ["sources", project], queryFn: () => api.get<{ items: Source[] }>(`/projects/${project}/sources?limit=1000`) });
}

export function SourceQuote({ project, id, quote }: { project: number; id: number; quote: string }) {
  const source = useSources(project).data?.items.find((one) => one.id === id);
  return (
    <div>
      <bdi>{source?.title ?? `Source ${id}`}</bdi>
      {quote ? <blockquote className="quote" dir="auto">{quote}</blockquote> : null}
    </div>
  );
}
