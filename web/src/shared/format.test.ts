import { describe, expect, it } from "vitest";
import { duration, figure, plural, shortHash, wordCount } from "./format";
import { plain, words } from "./words";

describe("figures", () => {
  it("of a share are in per cent", () => {
    expect(figure(0.456, "share")).toBe("46 %");
    expect(figure(1, "share")).toBe("100 %");
  });
  it("have their unit and no false precision", () => {
    expect(figure(3.14159, "nats")).toBe("3.14 nats");
    expect(figure(123.456, "")).toBe("123.5");
    expect(figure(-0.5, "")).toBe("-0.50");
  });
  it("of settings stay readable when they are tiny", () => {
    expect(plain(0.0002)).toBe("2e-4");
    expect(plain(0.1)).toBe("0.1");
    expect(plain(12.345678)).toBe("12.35");
    expect(plain(12000)).toBe("12,000");
    expect(plain(false)).toBe("no");
    expect(plain(null)).toBe("none");
  });
  it("with an interval read as one", () => {
    expect(plain({ value: 0.551, low: 0.41, high: 0.7, n: 49 })).toBe("0.551 (0.41 to 0.7), n 49");
  });
});

it("one is one and two are more", () => {
  expect(plural(1, "judgment")).toBe("1 judgment");
  expect(plural(0, "judgment")).toBe("0 judgments");
  expect(plural(2000, "person", "people")).toBe("2,000 people");
});

it("durations are in seconds first and in minutes later", () => {
  expect(duration("2026-01-01T00:00:00Z", "2026-01-01T00:00:03.5Z")).toBe("3.5 s");
  expect(duration("2026-01-01T00:00:00Z", "2026-01-01T00:00:45Z")).toBe("45 s");
  expect(duration("2026-01-01T00:00:00Z", "2026-01-01T00:10:00Z")).toBe("10 min");
  expect(duration(null, null)).toBe("");
});

it("words are counted whatever stands between them", () => {
  expect(wordCount("  one\n\ntwo   three ")).toBe(3);
  expect(wordCount("   ")).toBe(0);
});

it("names of the wire read as words", () => {
  expect(words("learning_rate")).toBe("Learning rate");
  expect(shortHash("0123456789abcdef")).toBe("0123456789ab");
});
