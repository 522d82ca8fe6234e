import { useEffect, useRef } from "react";

const idleAfterMs = 60_000;

// Seconds spent on the task while somebody was there: idle time and hidden pages are not counted.
export function useActiveSeconds(task: number): () => number {
  const total = useRef(0);
  const last = useRef(0);
  useEffect(() => {
    total.current = 0;
    last.current = Date.now();
    const touch = () => {
      const now = Date.now();
      if (!document.hidden && now - last.current < idleAfterMs) total.current += now - last.current;
      last.current = now;
    };
    const events = ["keydown", "pointermove", "scroll", "visibilitychange"] as const;
    for (const event of events) window.addEventListener(event, touch, { passive: true });
    return () => {
      for (const event of events) window.removeEventListener(event, touch);
    };
  }, [task]);
  return () => Math.round((total.current + Math.min(Date.now() - last.current, idleAfterMs)) / 100) / 10;
}
