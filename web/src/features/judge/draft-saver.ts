// Brings what is typed to the server, one version after another, and tries again until it is there.
import { api } from "../../api/client";
import type { Work } from "./work";

export type DraftState = { is: "clean" } | { is: "saving" } | { is: "saved" } | { is: "failed"; reason: string };

const saveAfterMs = 600;
const retryAfterMs = 3_000;

// Those that were given something, until it is sent or thrown away. They outlive their form, so that a walk to another
// page takes nothing away.
const holding = new Map<string, DraftSaver>();

function askFirst(event: BeforeUnloadEvent) {
  event.preventDefault();
}

export class DraftSaver {
  state: DraftState = { is: "clean" };
  private heard: () => void = () => undefined;
  private pending: Work | null = null;
  private saved: { work: Work; at: number } | null = null;
  private sending = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly path: string,
    private readonly key: string,
  ) {}

  // What the server's answer to a question of that moment (performance.now()) may not hold yet: what is not saved, and
  // what was saved only after the server was asked.
  newerThan(asked: number): Work | null {
    if (this.pending) return this.pending;
    return this.saved && this.saved.at >= asked ? this.saved.work : null;
  }

  // Calls back at each change of the state; answers how to stop listening.
  listen = (heard: () => void): (() => void) => {
    this.heard = heard;
    return () => {
      if (this.heard === heard) this.heard = () => undefined;
    };
  };

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

  // Once it is sent or thrown away.
  end() {
    this.settle();
    this.saved = null;
    holding.delete(this.key);
  }

  private tell(state: DraftState) {
    this.state = state;
    this.heard();
  }

  private settle() {
    clearTimeout(this.timer);
    this.pending = null;
    if (![...holding.values()].some((saver) => saver.pending)) window.removeEventListener("beforeunload", askFirst);
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
      this.saved = { work, at: performance.now() };
      this.settle();
      this.tell({ is: "saved" });
    } else {
      this.saveIn(saveAfterMs);
    }
  }
}

export function draftSaver(path: string, key: string): DraftSaver {
  return holding.get(key) ?? new DraftSaver(path, key);
}
