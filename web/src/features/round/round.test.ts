import { describe, expect, it } from "vitest";
import type { Round } from "../../api/types";
import { nextAction } from "./actions";
import { leftOut } from "./left-out";
import { lossPoints } from "./loss-curve";
import { parseSettings } from "./settings";

describe("settings as they are typed", () => {
  const labels = { learning_rate: "Learning rate" };
  it("leave out what is empty, so that the server's default holds", () => {
    expect(parseSettings({ learning_rate: "", beta: "  " }, labels)).toEqual({ is: "ready", settings: {} });
  });
  it("may be written with an exponent or a comma", () => {
    expect(parseSettings({ learning_rate: "2e-4", beta: "0,1" }, labels)).toEqual({ is: "ready", settings: { learning_rate: 2e-4, beta: 0.1 } });
  });
  it("that are no figures are named", () => {
    expect(parseSettings({ learning_rate: "fast" }, labels)).toMatchObject({ is: "wrong", reason: expect.stringContaining("Learning rate") });
  });
});

it("what a snapshot left out comes with the most first, and zeros not at all", () => {
  expect(leftOut({ left_out: { a: 1, b: 5, c: 0 } })).toEqual([
    { reason: "b", judgments: 5 },
    { reason: "a", judgments: 1 },
  ]);
  expect(leftOut(null)).toEqual([]);
  expect(leftOut({ left_out: "nonsense" })).toEqual([]);
});

it("a loss that is no figure is not drawn", () => {
  expect(lossPoints([{ step: 1, metrics: { loss: 2 } }, { step: 2, metrics: null }, { step: 3, metrics: { loss: "x" } }])).toEqual([{ x: 1, y: 2 }]);
});

describe("what a round needs next", () => {
  const round = (part: Partial<Round>) => ({ stages: [], snapshots: [], runs: [], evaluations: [], jobs: [], ...part }) as unknown as Round;
  const stages = (responses: number, judgments: number) =>
    [{ key: "responses", done: responses, state: "done" }, { key: "judgments", done: judgments, state: "done" }] as unknown as Round["stages"];
  it("follows the stages", () => {
    expect(nextAction(round({ stages: stages(0, 0) }))).toBe("generate");
    expect(nextAction(round({ stages: stages(8, 0) }))).toBeNull();
    expect(nextAction(round({ stages: stages(8, 4) }))).toBe("snapshot");
    expect(nextAction(round({ stages: stages(8, 4), snapshots: [{}] as never, runs: [{}] as never }))).toBe("evaluate");
  });
  it("is nothing while a job runs", () => {
    expect(nextAction(round({ stages: stages(0, 0), jobs: [{ state: "running" }] as never }))).toBeNull();
  });
});
