import { expect, it } from "vitest";
import type { Fit } from "../api/types";
import { domainOptions, languageOptions, sameFit } from "./fit";
import { hazardAbout, hazardName, hazards } from "./hazards";
import { inOrder, judging, kindName, reviewing } from "./kinds";

const fit: Fit = { languages: ["en", "cy"], domains: [], kinds: ["rate"], hazards: ["hate", "privacy"] };

it("offers what the project has and what was chosen before", () => {
  expect(languageOptions(["de", "en"], fit)).toEqual([{ value: "de", label: "German" }, { value: "en", label: "English" }, { value: "cy", label: "Welsh" }]);
  expect(domainOptions(["law"], fit)).toEqual([{ value: "law", label: "law" }]);
});

it("is the same in another order", () => {
  expect(sameFit(fit, { ...fit, languages: ["cy", "en"], hazards: ["privacy", "hate"] })).toBe(true);
  expect(sameFit(fit, { ...fit, hazards: [] })).toBe(false);
});

it("has plain words for every hazard", () => {
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
