import { describe, expect, it } from "vitest";
import { extentOf, linePath, place, smoothed, thinned } from "./scale";

describe("an extent", () => {
  it("spans what is finite", () => {
    expect(extentOf([3, null, -1, Number.NaN, undefined, 2, Infinity])).toEqual({ low: -1, high: 3 });
  });
  it("of one value has room on both sides", () => {
    expect(extentOf([2, 2])).toEqual({ low: 1.5, high: 2.5 });
  });
  it("of nothing can still be drawn", () => {
    expect(extentOf([])).toEqual({ low: 0, high: 1 });
  });
});

it("the ends of an extent fall on the ends of the drawing, also upside down", () => {
  const from = { low: 10, high: 20 };
  expect(place(10, from, 0, 100)).toBe(0);
  expect(place(20, from, 0, 100)).toBe(100);
  expect(place(15, from, 100, 0)).toBe(50);
});

describe("a long curve", () => {
  const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: 5 }));
  it("gets few points and keeps its height", () => {
    const few = thinned(points, 50);
    expect(few).toHaveLength(50);
    expect(few.every((point) => point.y === 5)).toBe(true);
    expect(few[0]!.x).toBeCloseTo(9.5);
  });
  it("that is short is left alone", () => {
    expect(thinned(points.slice(0, 7), 50)).toEqual(points.slice(0, 7));
  });
});

it("a path moves once and then draws", () => {
  expect(linePath([{ x: 0, y: 1 }, { x: 2.26, y: 3 }])).toBe("M0.0 1.0L2.3 3.0");
});

it("the moving mean keeps every place and takes the noise out", () => {
  const noisy = Array.from({ length: 40 }, (_, x) => ({ x, y: 10 + (x % 2 === 0 ? 1 : -1) }));
  const course = smoothed(noisy);
  expect(course.map((point) => point.x)).toEqual(noisy.map((point) => point.x));
  expect(Math.max(...course.map((point) => Math.abs(point.y - 10)))).toBeLessThan(0.25);
  expect(smoothed([{ x: 1, y: 2 }])).toEqual([{ x: 1, y: 2 }]);
});
