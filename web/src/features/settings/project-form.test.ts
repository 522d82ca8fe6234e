import { describe, expect, it } from "vitest";
import { projectForm, projectProblems, sameProject, settingsOf } from "./project-form";

const settings = { name: "Ward", languages: ["en", "ar-EG"], domains: ["medicine"], gold_watch: { good: 0.85, bad: 0.6, threshold: 9, rate: 0.1 } };

describe("a project's settings", () => {
  it("are sent as they were read when nothing is typed", () => {
    expect(settingsOf(projectForm(settings))).toEqual(settings);
    expect(projectProblems(projectForm(settings))).toEqual({});
  });

  it("need a name, a language, and a careless judge below a good one", () => {
    const form = { ...projectForm(settings), name: " ", languages: [], bad: 90 };
    expect(Object.keys(projectProblems(form)).sort()).toEqual(["/gold_watch/bad", "/languages", "/name"]);
  });

  it("say which language tag is none", () => {
    expect(projectProblems({ ...projectForm(settings), languages: ["en", "Klartext!"] })["/languages"]).toContain("Klartext!");
  });

  it("take half a number for none", () => {
    expect(Object.keys(projectProblems({ ...projectForm(settings), rate: "", threshold: 0 })).sort()).toEqual(["/gold_watch/rate", "/gold_watch/threshold"]);
  });

  it("are the same when the same is typed: a space after a name stays until the next word", () => {
    expect(sameProject(projectForm(settings), projectForm({ ...settings }))).toBe(true);
    expect(sameProject(projectForm(settings), { ...projectForm(settings), name: "Ward " })).toBe(false);
    expect(sameProject(projectForm(settings), { ...projectForm(settings), domains: [] })).toBe(false);
  });
});
