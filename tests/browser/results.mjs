// What comes of a round: evaluation, decision, models with their lineage, chat.
import { accessible, fitsNarrow } from "./browser.mjs";
import { eventually, expect } from "./checks.mjs";

export async function evaluation({ checks, page, project, id }) {
  await checks.check("the evaluation shows both models, an interval and who measured", async () => {
    await page.goto(`/p/${project.id}/evaluations/${id}`);
    const table = page.getByRole("region", { name: "Figures of the models" });
    await table.getByRole("rowheader", { name: "taught" }).waitFor();
    expect((await table.getByText(/ to .*, n /).count()) > 0, "an interval in words");
    expect((await table.getByText(/by engine/).count()) > 0, "the source of a column");
    await page.getByText("of 3 judgments").waitFor();
  });
  await checks.check("transcripts stand side by side, and more can be loaded", async () => {
    const prompts = page.getByRole("region", { name: "Transcripts" }).locator("li.transcript");
    await eventually("ten transcripts", async () => (await prompts.count()) === 10);
    expect((await prompts.first().getByRole("article").count()) === 2, "two answers");
    await page.getByRole("button", { name: "Load more" }).click();
    await eventually("all twelve", async () => (await prompts.count()) === 12);
  });
  await checks.check("the evaluation is accessible in light and dark", () => accessible(page));
  await checks.check("the evaluation fits a narrow screen", () => fitsNarrow(page));
  await checks.check("a promotion wants a note", async () => {
    await page.getByLabel("Model that takes over").selectOption({ label: "taught" });
    await page.getByRole("button", { name: "Promote …" }).click();
    await page.getByRole("alert").filter({ hasText: "Say why" }).waitFor();
  });
  await checks.check("an owner promotes with a note, and the history says who and why", async () => {
    await page.getByLabel("Why").fill("It says nine hours now.");
    await page.getByRole("button", { name: "Promote …" }).click();
    await page.getByRole("dialog", { name: "Promote taught?" }).getByRole("button", { name: "Promote" }).click();
    const entry = page.getByRole("region", { name: "Decision" }).getByRole("listitem").filter({ hasText: "It says nine hours now." });
    await entry.getByText("by Olga Owner").waitFor();
  });
}

export async function models({ checks, page, project }) {
  await checks.check("the list of models marks the current one, accessibly", async () => {
    await page.goto(`/p/${project.id}/models`);
    await page.getByRole("row").filter({ hasText: "taught" }).getByText("current").waitFor();
    await accessible(page);
    await fitsNarrow(page);
  });
  await checks.check("a model leads down to its judgments without names of people", async () => {
    await page.getByRole("rowheader").getByRole("link", { name: "taught" }).click();
    await page.getByRole("link", { name: /^Judgment #\d+/ }).first().waitFor();
    await page.getByText("People, under a name of this snapshot only").click();
    expect(!(await page.getByRole("main").innerText()).includes("Tess"), "no name of a person");
    await accessible(page);
    await fitsNarrow(page);
  });
  await checks.check("a judgment leads up to the models that learned from it", async () => {
    await page.getByRole("link", { name: /^Judgment #\d+/ }).first().click();
    await page.getByRole("heading", { name: /^Judgment/ }).waitFor();
    await page.getByRole("main").getByRole("link", { name: "taught" }).waitFor();
    await accessible(page);
  });
}

export async function chat({ checks, page, project }) {
  await checks.check("the current model answers word by word", async () => {
    await page.goto(`/p/${project.id}/chat`);
    const model = page.getByLabel("Model");
    expect((await model.locator("option:checked").innerText()).includes("(current)"), "the current model is chosen");
    await page.getByLabel("Temperature").selectOption("0");
    await page.getByLabel("Your message").fill("How long does the red pump of Halden run on one filling?");
    await page.keyboard.press("Enter");
    await page.getByRole("log").getByRole("article", { name: "You" }).waitFor();
    await eventually("an answer", async () => (await page.getByRole("log").getByRole("article", { name: "taught" }).innerText().catch(() => "…")).length > 3, 60_000);
    await page.getByRole("button", { name: "Send" }).waitFor({ timeout: 60_000 });
  });
  await checks.check("an answer is stopped in the middle, and the conversation goes on", async () => {
    const network = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 1_500, downloadThroughput: 200, uploadThroughput: -1 };
    await network.send("Network.emulateNetworkConditions", slow);
    await page.getByLabel("Your message").fill("Tell me everything about the pumps.");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Send" }).waitFor();
    await network.send("Network.emulateNetworkConditions", { ...slow, latency: 0, downloadThroughput: -1 });
    expect((await page.getByRole("log").getByRole("alert").count()) === 0, "stopping is no failure");
    await page.getByLabel("Your message").fill("And the red one?");
    await page.keyboard.press("Enter");
    await eventually("another answer", async () => (await page.getByRole("log").getByRole("article", { name: "taught" }).last().innerText()).length > 1, 60_000);
    await page.getByRole("button", { name: "Send" }).waitFor({ timeout: 60_000 });
    expect((await page.getByRole("log").getByRole("article", { name: "You" }).count()) === 3, "all three questions stand");
  });
  await checks.check("the chat is accessible in light and dark", () => accessible(page));
  await checks.check("the chat fits a narrow screen", () => fitsNarrow(page));
}
