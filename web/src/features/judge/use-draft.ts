import { useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import type { NextTask } from "../../api/types";
import { draftSaver, type DraftState } from "./draft-saver";
import { hasWork, workOf, type Work } from "./work";

const renewEveryMs = 4 * 60_000;

// What is typed, kept on the server within a second; the lease is renewed as long as somebody works.
export function useDraft(next: NextTask) {
  const path = `/tasks/${next.task.id}`;
  const token = next.lease.token;
  const [saver] = useState(() => draftSaver(`${path}/draft`, `${next.task.id}/${token}`));
  const [work, setWork] = useState<Work>(() => saver.unsaved ?? workOf(next.draft));
  const [state, setState] = useState<DraftState>({ is: hasWork(work) ? "saved" : "clean" });
  const known = useRef(work);

  useEffect(() => {
    const deaf = saver.listen(setState);
    const closing = () => saver.sendWhileClosing();
    window.addEventListener("pagehide", closing);
    return () => {
      deaf();
      window.removeEventListener("pagehide", closing);
    };
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

  return { work, state, change: (update: (before: Work) => Work) => setWork(update), end: () => saver.end() };
}
