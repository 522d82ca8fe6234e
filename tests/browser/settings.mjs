// A lead's settings: how work is handed out, a rubric begun from one that comes with the program, skills.
import { accessible, fitsNarrow } from "./browser.mjs";
import { eventually, expect } from "./checks.mjs";

export async function settings({ checks, page, reader, ward }) {
  const part = (name) => page.getByRole("region", { name, exact: true });
  await checks.check("a lead changes what the project is called, speaks and is about; who was quicker is not overwritten", async () => {
    await page.goto(`/p/${ward.id}/settings`);
    const form = part("The project");
    const name = form.getByLabel("Name", { exact: true });
    await name.fill(" ");
    await form.getByText("A project has a name.").waitFor();
    await accessible(page);
    await name.fill("Ward");
    await name.press("End");
    await page.keyboard.type(" B");
    const domains = form.getByRole("combobox", { name: "Domains" }).or(form.getByRole("textbox", { name: "Domains" }));
    await domains.fill("nutrition");
    await domains.press("Enter");
    await form.getByLabel("Pause at a watch of").fill("8");
    const before = await reader.get(`/projects/${ward.id}`);
    await reader.put(`/projects/${ward.id}/settings`, { name: "Ward C", languages: before.languages, domains: before.domains, gold_watch: before.gold_watch });
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.getByText("Nothing is overwritten.").waitFor();
    expect((await reader.get(`/projects/${ward.id}`)).name === "Ward C", "what the other wrote");
    await accessible(page);
    await fitsNarrow(page);
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.getByText("Saved.", { exact: true }).waitFor();
    const now = await reader.get(`/projects/${ward.id}`);
    expect(now.name === "Ward B" && now.domains.join() === "medicines,nutrition" && now.gold_watch.threshold === 8, `what was set; got ${JSON.stringify(now)}`);
    await reader.put(`/projects/${ward.id}/settings`, { name: "Ward", languages: now.languages, domains: ["medicines"], gold_watch: now.gold_watch });
  });
  await checks.check("an earlier version of the guidelines can be read again", async () => {
    await reader.post(`/projects/${ward.id}/guidelines`, { markdown: "# On the ward\n\n2.1 Name the limit, in grams.\n\n2.2 Send to a doctor when in doubt.\n" });
    await page.goto(`/p/${ward.id}/guidelines`);
    await page.getByText("2.1 Name the limit, in grams.").waitFor();
    await page.getByLabel("Version").selectOption("1");
    await page.getByText("2.1 Name the limit.", { exact: true }).waitFor();
    await page.getByText("This is an earlier version.").waitFor();
    await accessible(page);
    await fitsNarrow(page);
  });
  const policy = async () => (await reader.get(`/projects/${ward.id}`)).policy;
  await checks.check("a lead sets how work is handed out; what is wrong stands beside its field", async () => {
    await page.goto(`/p/${ward.id}/settings`);
    const form = part("How work is handed out");
    const people = page.getByLabel("Compare: people for each task");
    await people.fill("0");
    await page.getByText("A whole number from 1 to 100.").waitFor();
    await accessible(page);
    await people.fill("2");
    await page.getByLabel("Somebody adjudicates when agreement is below").fill("60");
    await page.getByLabel("Ask people for consent before they are handed hazardous work").check({ force: true });
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.getByText("Saved. New tasks follow it.").waitFor();
    const now = await policy();
    expect(now.overlap.compare === 2 && now.adjudicate_below === 0.6 && now.hazard_consent, `what was set; got ${JSON.stringify(now)}`);
    await accessible(page);
    await fitsNarrow(page);
  });
  await checks.check("a rubric is made from one that comes with the program", async () => {
    await page.getByRole("button", { name: "Write a new version" }).click();
    const from = page.getByLabel("Begin from");
    await eventually("the rubrics of the program", async () => (await from.locator("option").count()) > 3);
    await from.selectOption({ index: 1 });
    await page.getByRole("button", { name: "Begin anew" }).click();
    await accessible(page);
    await fitsNarrow(page);
    await page.getByRole("button", { name: "Save as a new version" }).click();
    await page.getByText("Medical accuracy", { exact: true }).waitFor();
    const { items } = await reader.get(`/projects/${ward.id}/rubrics`);
    const latest = items.reduce((a, b) => (b.version > a.version ? b : a));
    expect(latest.version === 2 && latest.criteria.length > 3 && latest.dimensions.some(({ label }) => label === "Medical accuracy"), `the medical rubric; got ${JSON.stringify(latest)}`);
  });
  await checks.check("a lead limits somebody's languages, and takes that back", async () => {
    await page.goto(`/p/${ward.id}/people`);
    const kept = async () => (await reader.get(`/projects/${ward.id}/members/${ward.people.theo}/fit`)).languages.join();
    await page.getByRole("button", { name: "Skills of Theo Third" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Languages" }).or(dialog.getByRole("textbox", { name: "Languages" })).click();
    await page.getByRole("option", { name: "Hebrew" }).click();
    await accessible(page);
    await reader.put(`/projects/${ward.id}/members/${ward.people.theo}/fit`, { languages: ["ar"], domains: [], kinds: [] });
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Nothing is overwritten.").waitFor();
    await dialog.getByRole("button", { name: "Show theirs" }).click();
    await dialog.getByText("Arabic").first().waitFor();
    await dialog.getByRole("combobox", { name: "Languages" }).or(dialog.getByRole("textbox", { name: "Languages" })).press("Backspace");
    await page.getByRole("option", { name: "Hebrew" }).click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    expect((await kept()) === "he", `Hebrew; got ${await kept()}`);
    await reader.put(`/projects/${ward.id}/members/${ward.people.theo}/fit`, { languages: [], domains: [], kinds: [] });
  });
}
