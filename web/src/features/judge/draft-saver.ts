// Brings what is typed to the server, one version after another, and tries again until it is there.
import { api } from "../../api/client";
import type { Work } from "./work";

export type DraftState = { is: "clean" } | { is: "saving" } | { is: "saved" } | { is: "failed"; reason: string };

const saveAfterMs = 600;
const retryAfterMs = 3_000;

// Those that still hold something. They outlive their form, so that a walk to another page takes nothing away.
const holding = new Map<string, DraftSaver>();

function askFirst(event: BeforeUnloadEvent) {
  event.preventDefault();
}

export class DraftSaver {
  private tell: (state: DraftState) => void = () => undefined;
  private pending: Work | null = null;
  private sending = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly path: string,
    private readonly key: string,
  ) {}

  get unsaved(): Work | null {
    return this.pending;
  }

  // Answers how to stop listening.
  listen(tell: (state: DraftState) => void): () => void {
    this.tell = tell;
    return () => {
      this.tell = () => undefined;
    };
  }

  take(work: Work) {
    this.pending = work;
    holding.set(this.key, this);
    this.tell({ is: "saving" });
    this.saveIn(saveAfterMs);
  }

  // The browser still sends this while the page closes.
  sendWhileClosing() {
    if (this.pending) void api.put(this.path, { payload: this.pending }, { keepalive: true }).catch(() => undefined);
  }

  end() {
    clearTimeout(this.timer);
    this.pending = null;
    holding.delete(this.key);
    if (holding.size === 0) window.removeEventListener("beforeunload", askFirst);
  }

  private saveIn(ms: number) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), ms);
  }

  private async save() {
    const work = this.pending;
    // Never two on the way at once: the older one could arrive last.
    if (!work || this.sending) return;
    this.sending = true;
    const failure = await api.put(this.path, { payload: work }).then(
      () => null,
      (error: Error) => error,
    );
    this.sending = false;
    if (this.pending === null) return;
    if (failure) {
      window.addEventListener("beforeunload", askFirst);
      this.tell({ is: "failed", reason: failure.message });
      this.saveIn(retryAfterMs);
    } else if (this.pending === work) {
      this.end();
      this.tell({ is: "saved" });
    } else {
      this.saveIn(saveAfterMs);
    }
  }
}

export function draftSaver(path: string, key: string): DraftSaver {
  return holding.get(key) ?? new DraftSaver(path, key);
}
