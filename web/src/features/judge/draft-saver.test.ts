import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draftSaver, type DraftState } from "./draft-saver";
import { emptyWork, type Work } from "./work";

const typed = (text: string): Work => ({ ...emptyWork(), text });
const sent = () => vi.mocked(fetch).mock.calls.map(([, init]) => (JSON.parse(String(init?.body)) as { payload: Work }).payload.text);

describe("the saver of a draft", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", vi.fn(async () => new Response(null, { status: 204 })));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("sends only the last version of what is typed quickly", async () => {
    const saver = draftSaver("/tasks/1/draft", "1/a");
    saver.take(typed("a"));
    saver.take(typed("ab"));
    await vi.advanceTimersByTimeAsync(700);
    expect(sent()).toEqual(["ab"]);
    expect(saver.newerThan(performance.now() + 1)).toBeNull();
    saver.end();
  });

  it("tries again by itself until the server answers, and says both", async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError("failed to fetch"));
    const states: DraftState["is"][] = [];
    const saver = draftSaver("/tasks/2/draft", "2/a");
    saver.listen(() => states.push(saver.state.is));
    saver.take(typed("long work"));
    await vi.advanceTimersByTimeAsync(700);
    expect(states).toEqual(["saving", "failed"]);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(states).toEqual(["saving", "failed", "saved"]);
    expect(sent()).toEqual(["long work", "long work"]);
  });

  it("keeps what is not saved for whoever comes back to the task, and asks before the tab is closed", async () => {
    vi.mocked(fetch).mockRejectedValue(new TypeError("failed to fetch"));
    draftSaver("/tasks/3/draft", "3/a").take(typed("kept"));
    await vi.advanceTimersByTimeAsync(700);
    const closing = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(closing);
    expect(closing.defaultPrevented).toBe(true);
    const again = draftSaver("/tasks/3/draft", "3/a");
    expect(again.newerThan(performance.now() + 1)?.text).toBe("kept");
    expect(again.state.is).toBe("failed");
    again.end();
    const later = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(later);
    expect(later.defaultPrevented).toBe(false);
  });

  it("keeps what was saved after the server was asked for the task, as its answer may be older", async () => {
    const saver = draftSaver("/tasks/6/draft", "6/a");
    saver.take(typed("meanwhile"));
    const asked = performance.now();
    await vi.advanceTimersByTimeAsync(700);
    expect(draftSaver("/tasks/6/draft", "6/a").newerThan(asked)?.text).toBe("meanwhile");
    expect(saver.newerThan(performance.now() + 1)).toBeNull();
    saver.end();
    expect(saver.newerThan(asked)).toBeNull();
  });

  it("never has two versions on the way at once", async () => {
    let answer: (response: Response) => void = () => undefined;
    vi.mocked(fetch).mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const saver = draftSaver("/tasks/4/draft", "4/a");
    saver.take(typed("one"));
    await vi.advanceTimersByTimeAsync(700);
    saver.take(typed("two"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent()).toEqual(["one"]);
    answer(new Response(null, { status: 204 }));
    await vi.advanceTimersByTimeAsync(700);
    expect(sent()).toEqual(["one", "two"]);
  });

  it("sends what is left at once while the page closes", () => {
    const saver = draftSaver("/tasks/5/draft", "5/a");
    saver.take(typed("closing"));
    saver.sendWhileClosing();
    expect(sent()).toEqual(["closing"]);
    expect(vi.mocked(fetch).mock.calls[0]?.[1]?.keepalive).toBe(true);
    saver.end();
  });
});
