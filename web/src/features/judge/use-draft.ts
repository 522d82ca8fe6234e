import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { api } from "../../api/client";
import { draftSaver, type DraftState } from "./draft-saver";
import type { TaskInHand } from "./use-task";
import { hasWork, workOf, type Work } from "./work";

const renewEveryMs = 4 * 60_000;

// What is typed, kept on the server within a second; the lease is renewed as long as somebody works.
export function useDraft(next: TaskInHand) {
  const path = `/tasks/${next.task.id}`;
  const token = next.lease.token;
  const [saver] = useState(() => draftSaver(`${path}/draft`, `${next.task.id}/${token}`));
  const [work, setWork] = useState<Work>(() => saver.newerThan(next.asked) ?? workOf(next.draft));
  const [untouched] = useState<DraftState>({ is: hasWork(work) ? "saved" : "clean" });
  const state = useSyncExternalStore(saver.listen, () => saver.state);
  const known = useRef(work);

  useEffect(() => {
    const closing = () => saver.sendWhileClosing();
    window.addEventListener("pagehide", closing);
    return () => window.removeEventListener("pagehide", closing);
  }, [saver]);

  useEffect(() => {
    if (known.current !== work) saver.take(work);
    known.current = work;
  }, [saver, work]);

  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void api.post(`${path}/lease`, { lease_token: token }).catch(() => undefined);
    }, renewEveryMs);
    return () => clearInterval(timer);
  }, [path, token]);

  return { work, state: state.is === "clean" ? untouched : state, change: (update: (before: Work) => Work) => setWork(update), end: () => saver.end() };
}
