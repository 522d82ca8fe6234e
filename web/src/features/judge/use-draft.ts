import { useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import type { NextTask } from "../../api/types";
import { emptyWork, hasWork, workOf, type Work } from "./work";

export type DraftState = { is: "clean" } | { is: "saving" } | { is: "saved" } | { is: "failed"; reason: string };

const saveAfterMs = 600;
const renewEveryMs = 4 * 60_000;

// What is typed, kept on the server within a second; the lease is renewed as long as somebody works.
export function useDraft(next: NextTask) {
  const [work, setWork] = useState<Work>(() => workOf(next.draft));
  const [state, setState] = useState<DraftState>({ is: hasWork(workOf(next.draft)) ? "saved" : "clean" });
  const touched = useRef(false);
  const ended = useRef(false);
  const path = `/tasks/${next.task.id}`;
  const token = next.lease.token;

  useEffect(() => {
    if (!touched.current) return;
    setState({ is: "saving" });
    const timer = setTimeout(() => {
      if (ended.current) return;
      api.put(`${path}/draft`, { payload: work }).then(
        () => setState({ is: "saved" }),
        (error: Error) => setState({ is: "failed", reason: error.message }),
      );
    }, saveAfterMs);
    return () => clearTimeout(timer);
  }, [path, work]);

  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void api.post(`${path}/lease`, { lease_token: token }).catch(() => undefined);
    }, renewEveryMs);
    return () => clearInterval(timer);
  }, [path, token]);

  return {
    work,
    state,
    change: (update: (before: Work) => Work) => {
      touched.current = true;
      setWork((before) => update(before));
    },
    clear: () => {
      touched.current = true;
      setWork(emptyWork());
    },
    end: () => {
      ended.current = true;
    },
  };
}
