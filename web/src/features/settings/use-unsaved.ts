import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect, useState } from "react";

function askBeforeLeaving(event: BeforeUnloadEvent) {
  event.preventDefault();
}

// What was typed and is not saved yet, null when there is nothing. It is kept while one looks at other pages; the
// browser asks before the tab closes, and signing out forgets it.
export function useUnsaved<Typed>(name: QueryKey): [Typed | null, (typed: Typed | null) => void] {
  const client = useQueryClient();
  const key = ["unsaved", ...name];
  const [typed, setTyped] = useState<Typed | null>(() => client.getQueryData<Typed>(key) ?? null);
  const open = typed !== null;
  useEffect(() => {
    if (!open) return;
    window.addEventListener("beforeunload", askBeforeLeaving);
    return () => window.removeEventListener("beforeunload", askBeforeLeaving);
  }, [open]);
  const keep = (next: Typed | null) => {
    setTyped(next);
    client.setQueryDefaults(key, { gcTime: Infinity });
    if (next === null) client.removeQueries({ queryKey: key, exact: true });
    else client.setQueryData(key, next);
  };
  return [typed, keep];
}
