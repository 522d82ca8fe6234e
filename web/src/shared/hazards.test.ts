import { expect, it } from "vitest";
import { hazardAbout, hazardName, hazards } from "./hazards";
import { inOrder, judging, kindName, reviewing } from "./kinds";

it("every hazard has plain words", () => {
  expect(hazards).toHaveLength(16);
  for (const hazard of hazards) expect(hazardAbout(hazard)).not.toBe("");
  expect(hazardName("something_new")).toBe("Something new");
});

it("every kind has a name and is either judging or looking at judgments", () => {
  expect(judging).toHaveLength(11);
  expect(judging.filter((kind) => reviewing.includes(kind))).toEqual([]);
  expect(kindName("fact_check")).toBe("Check facts");
  expect(inOrder(["newer", "rate", "compare"])).toEqual(["compare", "rate", "newer"]);
});
