import { useEffect, useRef, type KeyboardEvent as ReactKeyboardEvent } from "react";

// Whether a key belongs to what the person is typing in. Only Ctrl/⌘+Enter and Escape mean something everywhere.
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  return target.tagName === "INPUT" && !["radio", "checkbox", "button"].includes((target as HTMLInputElement).type);
}

export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string | null {
  if (event.altKey) return null;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return "submit";
  if (event.ctrlKey || event.metaKey) return null;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

// Ctrl/⌘+Enter within a panel belongs to that panel and reaches no global key.
export function onSubmitKey(act: () => void) {
  return (event: ReactKeyboardEvent) => {
    if (keyName(event) !== "submit") return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
}

// handlers: key name → what it does; answering false leaves the key to the browser.
export function useGlobalKeys(handlers: Record<string, () => void | boolean>) {
  const current = useRef(handlers);
  useEffect(() => {
    current.current = handlers;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const name = keyName(event);
      if (name === null) return;
      if (isTyping(event.target)) {
        if (name === "Escape") (event.target as HTMLElement).blur();
        if (name !== "submit") return;
      }
      const handler = current.current[name];
      if (!handler || handler() === false) return;
      event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
