// What goes wrong while somebody works: the page closes, the session ends, the server goes away. Nothing typed may be lost.
import { accessible, openFor, signInByKeyboard, tabTo } from "./browser.mjs";
import { eventually, expect } from "./checks.mjs";

const reason = (page) => page.getByLabel("Reason");
const typed = (page) => reason(page).inputValue();

async function atWork(page) {
  await page.getByRole("region", { name: "Your judgment" }).getByText("Which answer would you rather see sent?").waitFor();
}

async function append(page, text) {
  await reason(page).focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(text);
}

async function closed({ checks, browser, page, address }) {
  let again = page;
  await checks.check("a page that is closed in the middle of a judgment loses nothing, on another machine too", async () => {
    await atWork(page);
    await page.keyboard.press("3");
    await tabTo(page, reason(page));
    await page.keyboard.type("Both say the same");
    await page.close({ runBeforeUnload: true });
    again = await openFor(browser, address);
    await signInByKeyboard(again, "tess");
    await atWork(again);
    expect((await typed(again)) === "Both say the same", `the reason as typed; got ${await typed(again)}`);
    expect((await again.getByRole("radio", { name: "Equally good" }).getAttribute("aria-checked")) === "true", "the choice as made");
  });
  await checks.check("walking to another page at once and back loses nothing", async () => {
    await append(again, ", to the word.");
    await again.getByRole("link", { name: "Guidelines" }).click();
    await again.getByRole("heading", { name: "How we judge" }).waitFor();
    await again.getByRole("link", { name: "Judge" }).click();
    await atWork(again);
    expect((await typed(again)) === "Both say the same, to the word.", `the whole reason; got ${await typed(again)}`);
  });
  await checks.check("a draft that reaches the server just after the task was read again is in the form", async () => {
    const whole = `${await typed(again)} Truly.`;
    await overtaken(again, async () => {
      await append(again, " Truly.");
      await again.getByRole("link", { name: "Guidelines" }).click();
      await again.getByRole("heading", { name: "How we judge" }).waitFor();
      await again.getByRole("link", { name: "Judge" }).click();
      await atWork(again);
    });
    expect((await typed(again)) === whole, `${whole}; got ${await typed(again)}`);
  });
  return again;
}

// During the work a draft waits until the server has read the next task, and the page gets the task only after that.
async function overtaken(page, work) {
  let wasRead, wasSaved;
  const read = new Promise((resolve) => (wasRead = resolve));
  const saved = new Promise((resolve) => (wasSaved = resolve));
  await page.route("**/draft", async (route) => {
    await read;
    await route.fulfill({ response: await route.fetch() });
    wasSaved();
  });
  await page.route("**/tasks/next", async (route) => {
    const response = await route.fetch();
    wasRead();
    await saved;
    await route.fulfill({ response });
  });
  await work();
  await page.unrouteAll({ behavior: "wait" });
}

async function ended({ checks, page }) {
  await checks.check("a session that ends asks to sign in over the page and keeps what is typed", async () => {
    await page.getByText("Draft saved").waitFor();
    const { csrf_token: token } = await (await page.request.get("/api/v1/session")).json();
    await page.request.delete("/api/v1/session", { headers: { "X-CSRF-Token": token } });
    await append(page, " Really.");
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await dialog.waitFor();
    await accessible(page);
    await dialog.getByRole("textbox", { name: "Password" }).fill("a wrong one");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").waitFor();
    await dialog.getByRole("textbox", { name: "Password" }).fill("a long enough password");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("Draft saved").waitFor();
    await page.reload();
    await atWork(page);
    expect((await typed(page)).endsWith("Really."), `what was typed while nobody was signed in; got ${await typed(page)}`);
  });
}

async function gone({ checks, page, newcomer, server }) {
  await checks.check("a server that goes away while somebody types is told, and the text stays", async () => {
    await server.stop();
    await append(page, " Yes.");
    await page.getByRole("alert").filter({ hasText: "The draft is not saved yet" }).waitFor();
    expect((await typed(page)).endsWith("Yes."), "the text stays");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").filter({ hasText: "Not sent" }).getByText("The server does not answer.").waitFor();
    expect((await typed(page)).endsWith("Yes."), "the text stays after sending has failed");
    await accessible(page);
  });
  await checks.check("signing in without a server says so and keeps the login", async () => {
    await newcomer.getByLabel("Login").fill("tess");
    await newcomer.getByRole("textbox", { name: "Password" }).fill("a long enough password");
    await newcomer.keyboard.press("Enter");
    await newcomer.getByRole("alert").filter({ hasText: "The server does not answer." }).waitFor();
    expect((await newcomer.getByLabel("Login").inputValue()) === "tess", "the login stays");
  });
  await checks.check("a page that cannot be loaded says so, and what is typed elsewhere is still there", async () => {
    await page.getByRole("link", { name: "Guidelines" }).click();
    await page.getByRole("alert").first().waitFor();
    await accessible(page);
    await page.getByRole("link", { name: "Judge" }).click();
    await page.getByRole("alert").filter({ hasText: "The server does not answer." }).waitFor();
    await server.start();
    await page.getByRole("button", { name: "Try again" }).click();
    await atWork(page);
    expect((await typed(page)).endsWith("Yes."), `what was never saved; got ${await typed(page)}`);
  });
  await checks.check("the draft is saved by itself once the server is back, and can be sent", async () => {
    await page.getByText("Draft saved").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("status").filter({ hasText: "Sent." }).waitFor();
  });
}

export async function interruptions({ checks, browser, page, address, server, lead, project }) {
  const newcomer = await openFor(browser, address);
  await newcomer.goto("/");
  await newcomer.getByLabel("Login").waitFor();
  const again = await closed({ checks, browser, page, address });
  await ended({ checks, page: again });
  await gone({ checks, page: again, newcomer, server });
  await checks.check("what was sent is the whole of what was typed", async () => {
    const whole = "Both say the same, to the word. Truly. Really. Yes.";
    const judgments = async () => (await lead.get(`/projects/${project.id}/judgments?limit=100`)).items;
    await eventually("the judgment with the whole reason", async () => (await judgments()).some(({ payload }) => payload.reason === whole && payload.outcome === "tie"));
  });
  return [newcomer, again];
}
