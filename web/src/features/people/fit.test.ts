import { expect, it } from "vitest";
import { domainOptions, languageOptions, sameSkills, skillsOf, type Skills } from "./fit";

const skills: Skills = { languages: ["en", "cy"], domains: [], kinds: ["rate"] };

it("offers what the project has and what was chosen before", () => {
  expect(languageOptions(["de", "en"], skills)).toEqual([{ value: "de", label: "German" }, { value: "en", label: "English" }, { value: "cy", label: "Welsh" }]);
  expect(domainOptions(["law"], skills)).toEqual([{ value: "law", label: "law" }]);
});

it("is the same in another order", () => {
  expect(sameSkills(skills, { ...skills, languages: ["cy", "en"] })).toBe(true);
  expect(sameSkills(skills, { ...skills, kinds: [] })).toBe(false);
});

it("never carries what only the person decides", () => {
  expect(skillsOf({ ...skills, hazards: ["hate"] })).toEqual(skills);
});
