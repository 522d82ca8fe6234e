// What others say of one's work: reject and appeal, return and correction, fix, disagreement; all through the pages.
import { accessible, fitsNarrow, openFor, signInByKeyboard, tabTo } from "./browser.mjs";
import { eventually, expect } from "./checks.mjs";
import { password, signIn } from "./program.mjs";
import { addTask, answers } from "./ward.mjs";
import { arrived } from "./kinds.mjs";

const sentWord = (page) => page.getByRole("status").filter({ hasText: "Sent." }).waitFor();

async function judge(who, ward, kind, payload) {
  const { task, lease } = await who.post(`/projects/${ward.id}/tasks/next`, { kinds: [kind] });
  await who.post(`/tasks/${task.id}/judgments`, { lease_token: lease.token, payload: payload(task), seconds_active: 3 });
}

async function atReview(page, ward, kind) {
  await page.goto(`/p/${ward.id}/review`);
  await page.getByLabel("Kind of work").selectOption(kind);
  await page.getByRole("region", { name: "Your judgment" }).waitFor();
  await page.evaluate(() => document.activeElement.blur());
}

async function appealed({ checks, owner, ward, kay, kayPage, ritaPage, louPage }) {
  const state = async (task) => (await kay.get(`/tasks/${task}/own`)).standing?.state;
  let task = 0;
  await checks.check("a reviewer rejects, citing the instruction, by keyboard", async () => {
    task = await addTask(owner, ward, "write", "hebrew", [], { overlap: 1 });
    await judge(kay, ward, "write", () => ({ text: answers.hebrew, note: "" }));
    await atReview(ritaPage, ward, "review");
    await ritaPage.getByRole("region", { name: "The judgment" }).getByText(answers.hebrew).waitFor();
    await ritaPage.keyboard.press("x");
    await ritaPage.keyboard.press("Control+Enter");
    await ritaPage.getByRole("alert").filter({ hasText: "Cite the instruction" }).waitFor();
    await eventually("the field that is wanted", () => ritaPage.getByLabel("Which instruction is broken?").evaluate((element) => element === document.activeElement));
    await ritaPage.keyboard.type("2.1 Name the limit.");
    await accessible(ritaPage);
    await fitsNarrow(ritaPage);
    await ritaPage.keyboard.press("Control+Enter");
    await sentWord(ritaPage);
    expect((await state(task)) === "rejected", "the judgment rejected");
  });
  await checks.check("its author sees the rejection and appeals once", async () => {
    await kayPage.goto(`/p/${ward.id}/judge`);
    await kayPage.getByText("From review: 1 judgment rejected").click();
    await kayPage.getByText("2.1 Name the limit.").waitFor();
    await accessible(kayPage);
    await fitsNarrow(kayPage);
    await kayPage.getByRole("button", { name: "Appeal" }).click();
    await kayPage.getByLabel("Your reason").fill("It does name it: ארבעה גרם.");
    await accessible(kayPage);
    await kayPage.getByRole("button", { name: "Send the appeal" }).click();
    await kayPage.getByText("From review:").waitFor({ state: "detached" });
    expect((await state(task)) === "appealed", "the judgment appealed");
  });
  await checks.check("somebody else grants the appeal, and the author reads why", async () => {
    await atReview(louPage, ward, "appeal");
    await louPage.getByRole("region", { name: "The objection" }).getByText("ארבעה גרם").waitFor();
    await louPage.keyboard.press("1");
    await tabTo(louPage, louPage.getByLabel("Reason for the person"));
    await louPage.keyboard.type("It names the limit.");
    await accessible(louPage);
    await fitsNarrow(louPage);
    await louPage.keyboard.press("Control+Enter");
    await sentWord(louPage);
    await kayPage.goto(`/p/${ward.id}/work/${task}`);
    await kayPage.getByText("Your appeal was granted.").waitFor();
    await kayPage.getByText("It names the limit.").waitFor();
    expect((await state(task)) === "reinstated", "the judgment counts again");
    await accessible(kayPage);
    await fitsNarrow(kayPage);
  });
}

async function returned({ checks, owner, reader, ward, kay, kayPage, ritaPage }) {
  let task = 0;
  await checks.check("a reviewer returns work with a comment, and it is corrected and reviewed again", async () => {
    task = await addTask(owner, ward, "edit", "dose", ["wrong"], { overlap: 1 });
    await judge(kay, ward, "edit", () => ({ text: "Up to five grams a day is safe.", good_as_is: false, note: "" }));
    await atReview(ritaPage, ward, "review");
    await ritaPage.keyboard.press("r");
    await tabTo(ritaPage, ritaPage.getByLabel("Comment for the person"));
    await ritaPage.keyboard.type("Four, not five.");
    await ritaPage.keyboard.press("Control+Enter");
    await sentWord(ritaPage);
    await kayPage.goto(`/p/${ward.id}/judge`);
    await kayPage.getByText("From review: 1 judgment returned").click();
    await kayPage.getByRole("link", { name: "Look at it again" }).click();
    await kayPage.getByText("Four, not five.").waitFor();
    await accessible(kayPage);
    await fitsNarrow(kayPage);
    const version = kayPage.getByRole("textbox", { name: "Your version", exact: true });
    expect((await version.inputValue()).includes("five grams"), "the version that was sent");
    await version.fill("Up to four grams a day is safe.");
    await kayPage.keyboard.press("Control+Enter");
    await kayPage.getByRole("heading", { name: "Judge", exact: true }).waitFor();
    expect((await arrived(reader, ward, task)).text.includes("four grams"), "the correction at the server");
  });
  await checks.check("a reviewer fixes what was corrected, beside it", async () => {
    await atReview(ritaPage, ward, "review");
    await ritaPage.getByRole("region", { name: "The judgment" }).getByText("four").waitFor();
    await ritaPage.keyboard.press("f");
    await ritaPage.getByRole("textbox", { name: "Your version", exact: true }).fill("Up to four grams a day is safe. Ask a doctor.");
    await accessible(ritaPage);
    await fitsNarrow(ritaPage);
    await ritaPage.keyboard.press("Control+Enter");
    await sentWord(ritaPage);
    const { items } = await kay.get(`/projects/${ward.id}/my/standings?state=fixed`);
    expect(items.length === 1 && items[0].task_id === task, `the judgment fixed; got ${JSON.stringify(items)}`);
    expect((await arrived(reader, ward, task)).text?.includes("Ask a doctor"), "the reviewer's version at the server");
  });
}

async function settled({ checks, owner, reader, ward, kay, ritaPage, address }) {
  await checks.check("a disagreement is settled by somebody who sees both sides", async () => {
    const theo = await signIn(address, "theo");
    await addTask(owner, ward, "compare", "dose", ["good", "wrong"]);
    const prefer = (name) => () => ({ outcome: "better", better: ward.responses[name], strength: "much", reason: `Because of ${name}` });
    await judge(kay, ward, "compare", prefer("good"));
    await judge(theo, ward, "compare", prefer("wrong"));
    await atReview(ritaPage, ward, "adjudicate");
    for (const reason of ["Because of good", "Because of wrong"]) await ritaPage.getByText(reason).waitFor();
    const first = await ritaPage.getByRole("article", { name: "Answer A" }).innerText();
    await ritaPage.keyboard.press(first.includes(answers.good) ? "1" : "2");
    await tabTo(ritaPage, ritaPage.getByLabel("Why this decides it"));
    await ritaPage.keyboard.type("2.1 names four grams.");
    await accessible(ritaPage);
    await fitsNarrow(ritaPage);
    await ritaPage.keyboard.press("Control+Enter");
    await sentWord(ritaPage);
    const word = await eventually("the decision at the server", async () => (await reader.get(`/projects/${ward.id}/judgments?limit=100`)).items.find(({ kind }) => kind === "adjudicate"));
    expect(word.payload.payload.better === ward.responses.good, `the good answer; got ${JSON.stringify(word.payload)}`);
  });
}

async function erased({ checks, owner, reader, ward, ritaPage, address }) {
  await checks.check("the work of somebody who was erased says that it is gone, and can be accepted", async () => {
    const theo = await signIn(address, "theo");
    const task = await addTask(owner, ward, "rate", "dose", ["good"], { overlap: 1 });
    await judge(theo, ward, "rate", ({ rubric }) => ({ scores: Object.fromEntries(rubric.dimensions.map(({ key, scale_max }) => [key, scale_max])) }));
    await theo.post("/account/erase", { login: "theo", password });
    await atReview(ritaPage, ward, "review");
    await ritaPage.getByText("The person’s data were erased").waitFor();
    expect((await ritaPage.getByRole("radio", { name: "Return with a comment" }).count()) === 0, "nobody to return it to");
    await accessible(ritaPage);
    await fitsNarrow(ritaPage);
    await ritaPage.keyboard.press("a");
    await ritaPage.keyboard.press("Control+Enter");
    await sentWord(ritaPage);
    const { items } = await reader.get(`/projects/${ward.id}/tasks?state=done&kind=rate`);
    expect(items.some(({ id }) => id === task), "the task still done");
  });
}

export async function reviews({ checks, browser, address, owner, reader, ward, kayPage }) {
  const [ritaPage, louPage] = [await openFor(browser, address), await openFor(browser, address)];
  await signInByKeyboard(ritaPage, "rita");
  await signInByKeyboard(louPage, "lou");
  const parts = { checks, owner, reader, ward, kay: await signIn(address, "kay"), kayPage, ritaPage, louPage, address };
  await reader.put(`/projects/${ward.id}/policy`, { ...(await reader.get(`/projects/${ward.id}`)).policy, review: { write: { newcomer: 1000, share: 1 }, rate: { newcomer: 1000, share: 1 }, edit: { newcomer: 1000, share: 1 } } });
  await appealed(parts);
  await returned(parts);
  await settled(parts);
  await erased(parts);
  return [ritaPage, louPage];
}
