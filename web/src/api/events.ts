import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { eventsOf } from "../shared/event-stream";
import { failureOf, headersOf } from "./client";

const retryAfterMs = 3_000;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function watch(project: number, signal: AbortSignal, changed: (event: string) => void, live: (yes: boolean) => void) {
  while (!signal.aborted) {
    try {
      const response = await fetch(`/api/v1/projects/${project}/events`, {
        signal,
        credentials: "same-origin",
        headers: headersOf("GET", { Accept: "text/event-stream" }),
      });
      if (!response.ok) throw await failureOf(response);
      live(true);
      for await (const event of eventsOf(response)) changed(event.event);
    } catch {
      // A lost stream is asked for again; what it would have told is polled meanwhile.
    }
    live(false);
    await pause(retryAfterMs, signal);
  }
}

const affected: Record<string, string[]> = {
  job: ["round", "run", "evaluation", "models"],
  round: ["round", "rounds", "evaluation", "promotions"],
  task: ["round", "evaluation"],
};

// Keeps what is on the page up to date as long as it is open; answers whether the stream is alive.
export function useProjectEvents(project: number): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const changed = (event: string) => {
      for (const key of affected[event] ?? []) void client.invalidateQueries({ queryKey: [key] });
    };
    void watch(project, abort.signal, changed, (yes) => !abort.signal.aborted && setLive(yes));
    return () => abort.abort();
  }, [client, project]);
  return live;
}
