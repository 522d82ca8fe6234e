// A trainer at work, with the keyboard alone.
import { accessible, fitsNarrow, pointerWasUsed, tabTo } from "./browser.mjs";
import { eventually, expect } from "./checks.mjs";

const kindOf = (page) => page.getByRole("region", { name: "Your judgment" });

async function sent(page) {
  await page.getByRole("status").filter({ hasText: "Sent." }).waitFor();
}

// The judgment of that kind: "Sent." of the task before may still stand on the page, so the server is asked until it has it.
async function latest(lead, project, kind) {
  for (let tries = 0; tries < 100; tries += 1) {
    const { items } = await lead.get(`/projects/${project.id}/judgments?limit=100`);
    const found = items.filter((item) => item.kind === kind).reduce((a, b) => (b.id > a.id ? b : a), { id: 0 });
    if (found.id > 0) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no judgment of the kind ${kind} has arrived`);
}

async function chooseAnswer(page, text) {
  const first = await page.getByRole("article", { name: "Answer A" }).innerText();
  const key = first.includes(text) ? "1" : "2";
  await page.keyboard.press(key);
  return key === "1" ? "Answer A is better" : "Answer B is better";
}

export async function judging({ checks, page, lead, project, answers }) {
  await checks.check("a comparison is chosen by digit, its strength by letter", async () => {
    await kindOf(page).getByText("Which answer would you rather see sent?").waitFor();
    const chosen = await chooseAnswer(page, "nine hours");
    await page.keyboard.press("e");
    expect((await page.getByRole("radio", { name: chosen }).getAttribute("aria-checked")) === "true", "the choice");
    expect(await page.getByRole("radio", { name: "Much" }).isChecked(), "much better");
  });
  await checks.check("the page with a comparison is accessible in light and dark", () => accessible(page));
  await checks.check("the page with a comparison fits a narrow screen", () => fitsNarrow(page));
  await checks.check("digits within the reason are text and choose nothing", async () => {
    await tabTo(page, page.getByLabel("Reason"));
    await page.keyboard.type("The plate says 9, not 3.");
    expect((await page.getByRole("radio", { name: "Equally good" }).getAttribute("aria-checked")) === "false", "no tie");
    expect((await page.getByLabel("Reason").inputValue()) === "The plate says 9, not 3.", "the text as typed");
  });
  await checks.check("a draft survives a reload", async () => {
    await page.getByText("Draft saved").waitFor();
    await page.reload();
    await eventually("the reason again", async () => (await page.getByLabel("Reason").inputValue()) === "The plate says 9, not 3.");
    expect((await page.locator(".answer-chosen").innerText()).includes("nine hours"), "the choice again");
  });
  await checks.check("a calculation shows its steps, and its digits choose nothing", async () => {
    const chosen = await page.locator(".answer-chosen").innerText();
    await tabTo(page, page.getByRole("button", { name: "Calculator" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByLabel("Expression"));
    await page.keyboard.type("compound(1000, 5, 2)");
    await page.keyboard.press("Control+Enter");
    await page.getByText("1000 × 1.1025 = 1102.5").waitFor();
    expect((await page.locator(".answer-chosen").innerText()) === chosen, "the choice stays");
    await accessible(page);
    await fitsNarrow(page);
    await page.evaluate(() => document.activeElement.blur());
  });
  await checks.check("skipping asks first when there is something to lose", async () => {
    await page.keyboard.press("n");
    await page.getByRole("dialog", { name: "Skip this task?" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect((await page.getByLabel("Reason").inputValue()) !== "", "the text is still there");
  });
  await checks.check("Ctrl+Enter sends the comparison as it was chosen", async () => {
    await page.keyboard.press("Control+Enter");
    await sent(page);
    const { id, payload } = await latest(lead, project, "compare");
    expect(payload.better === answers.right && payload.strength === "much", `better ${answers.right}, much; got ${JSON.stringify(payload)}`);
    const { evidence } = await lead.get(`/judgments/${id}/evidence`);
    expect(evidence.length === 1 && evidence[0].source === "compound(1000, 5, 2)", `the calculation kept with it; got ${JSON.stringify(evidence)}`);
  });
  await checks.check("a low score wants a reason before it is sent", async () => {
    await kindOf(page).getByText("How good is this answer?").waitFor();
    await page.keyboard.press("2");
    await page.keyboard.press("r");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").filter({ hasText: "Say why accuracy is below 3." }).waitFor();
  });
  await checks.check("the page with a rating is accessible in light and dark", () => accessible(page));
  await checks.check("a rating is sent with its reason", async () => {
    await tabTo(page, page.getByLabel("Reason for Accuracy"));
    await page.keyboard.type("Nine, not six");
    await page.keyboard.press("Control+Enter");
    await sent(page);
    const { payload } = await latest(lead, project, "rate");
    expect(payload.scores?.accuracy === 2 && payload.scores.tone === 4 && payload.reasons.accuracy === "Nine, not six", `the scores; got ${JSON.stringify(payload)}`);
  });
  await checks.check("an answer is written and sent", async () => {
    await kindOf(page).getByText("Write the ideal answer").waitFor();
    const editor = page.getByLabel("Your answer", { exact: true }).and(page.locator("textarea"));
    await eventually("the editor ready to type in", () => editor.evaluate((element) => element === document.activeElement));
    await page.keyboard.type("It runs for nine hours on one filling.");
    await page.getByText("8 words").waitFor();
    await accessible(page);
    await page.keyboard.press("Control+Enter");
    await sent(page);
    const { payload } = await latest(lead, project, "write");
    expect(payload.text === "It runs for nine hours on one filling.", "the text");
  });
  await checks.check("all three kinds were judged without mouse or finger", async () => {
    expect(!(await pointerWasUsed(page)), "no pointer");
  });
}

export async function emptied({ checks, page }) {
  await checks.check("an untouched task is skipped at once", async () => {
    await kindOf(page).getByText("Which answer would you rather see sent?").waitFor();
    await page.keyboard.press("n");
    await page.getByText("Nothing left to judge").waitFor();
  });
  await checks.check("the empty queue is accessible in light and dark, and says which kinds there are", async () => {
    await accessible(page);
    await page.getByLabel("Kind of work").selectOption("rate");
    await page.getByText("No answer waits to be rated").waitFor();
    await page.getByRole("button", { name: "Look at all kinds" }).click();
    await page.getByText("Nothing left to judge").waitFor();
  });
}

export async function borders({ checks, page, project }) {
  await checks.check("a trainer's menu has no pages of a lead", async () => {
    const names = await page.getByRole("navigation", { name: "Main" }).getByRole("link").allInnerTexts();
    expect(names.join() === "Judge,Guidelines", `Judge and Guidelines only; got ${names.join()}`);
  });
  await checks.check("a trainer who types a lead's address gets a refusal, from the interface too", async () => {
    const response = await page.request.get(`/api/v1/projects/${project.id}/rounds`);
    expect(response.status() === 403, `403; got ${response.status()}`);
    await page.goto(`/p/${project.id}/rounds`);
    await page.getByRole("alert").waitFor();
    expect((await page.getByRole("button", { name: "Start a round" }).count()) === 0, "no button to start a round");
  });
  await checks.check("the guidelines show their version and table, accessibly", async () => {
    await page.goto(`/p/${project.id}/guidelines`);
    await page.getByRole("heading", { name: "How we judge" }).waitFor();
    await page.getByText("Version 1").waitFor();
    await accessible(page);
    await fitsNarrow(page);
  });
}
