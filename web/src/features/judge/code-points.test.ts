import { describe, expect, it } from "vitest";
import { codePoints, codePointsBefore, pieces, slicePoints } from "./code-points";

const text = "Ä𝄞 10 mg 👩‍⚕️";

describe("places in a text", () => {
  it("are counted as the server counts them", () => {
    expect(codePoints("Ä𝄞 10")).toBe(5);
    expect(codePointsBefore(text, text.indexOf("10"))).toBe(3);
    expect(slicePoints(text, 3, 5)).toBe("10");
  });
  it("never cut a pair of surrogates", () => {
    expect(codePointsBefore("a𝄞b", 2)).toBe(2);
    expect(codePointsBefore("a𝄞b", 1)).toBe(1);
    expect(codePointsBefore("a𝄞b", 3)).toBe(2);
  });
});

describe("marked text", () => {
  it("is cut at the borders of its marks, where they overlap too", () => {
    const marks = [{ start: 0, end: 5 }, { start: 3, end: 8 }];
    const cut = pieces("0123456789", marks);
    expect(cut.map((piece) => piece.text)).toEqual(["012", "34", "567", "89"]);
    expect(cut.map((piece) => piece.marks.length)).toEqual([1, 2, 1, 0]);
  });
  it("spells the text again", () => {
    expect(pieces(text, [{ start: 1, end: 4 }]).map((piece) => piece.text).join("")).toBe(text);
  });
});
