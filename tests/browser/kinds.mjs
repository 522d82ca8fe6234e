// Every kind of work that people do on answers and prompts, once each, by keyboard, until its judgment has arrived.
import { accessible, fitsNarrow, openFor, signInByKeyboard, tabTo } from "./browser.mjs";
import { eventually, expect } from "./checks.mjs";
import { addTask, answers } from "./ward.mjs";

const form = (page) => page.getByRole("region", { name: "Your judgment" });
const area = (page, name) => page.getByRole("textbox", { name, exact: true });

// The newest judgment of the task, once it is there.
export function arrived(reader, ward, task) {
  return eventually("the judgment at the server", async () => {
    const { items } = await reader.get(`/projects/${ward.id}/judgments?limit=100`);
    return items.filter((item) => item.task_id === task).sort((a, b) => b.id - a.id)[0]?.payload;
  });
}

async function type(page, field, text) {
  await tabTo(page, field);
  await page.keyboard.type(text);
}

async function press(page, target) {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

// Asks for the kind, holds the page against the rules for pages, tries to send too early, works, sends.
function doing({ checks, page, owner, reader, ward }) {
  return async function work({ kind, prompt, responses, wanted, body, right }) {
    await checks.check(`${kind}: done in the browser by keyboard, and its judgment arrives`, async () => {
      const task = await addTask(owner, ward, kind, prompt, responses, { overlap: 1 });
      await page.goto(`/p/${ward.id}/judge`);
      await page.getByLabel("Kind of work").selectOption(kind);
      await form(page).waitFor();
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press("Control+Enter");
      await page.getByRole("alert").filter({ hasText: wanted }).waitFor();
      await body(page);
      await accessible(page);
      await fitsNarrow(page);
      await page.keyboard.press("Control+Enter");
      const payload = await arrived(reader, ward, task);
      expect(right(payload), `what was done; got ${JSON.stringify(payload)}`);
    });
  };
}

async function choose(page, work, ward) {
  await work({
    kind: "compare", prompt: "dose", responses: ["good", "wrong", "long"], wanted: "Choose an answer",
    body: async () => {
      const texts = await page.getByRole("article", { name: /^Answer/ }).allInnerTexts();
      await page.keyboard.press(String(1 + texts.findIndex((text) => text.includes(answers.good))));
      await page.keyboard.press("e");
      for (const [place, letter] of ["A", "B", "C"].entries()) await page.getByLabel(`Place of answer ${letter}`).selectOption(texts[place].includes(answers.good) ? "1" : "2");
    },
    right: ({ better, strength, ranking }) => better === ward.responses.good && strength === "much" && ranking.length === 2 && ranking[0][0] === better,
  });
  await work({
    kind: "rate", prompt: "arabic", responses: ["arabic"], wanted: "Rate medical accuracy",
    body: async () => {
      for (const key of ["4", "t", "g"]) await page.keyboard.press(key);
      expect((await page.getByRole("dialog").count()) === 0, "no key of the scales opens anything else");
    },
    right: ({ scores }) => Object.values(scores).sort().join() === "4,5,5",
  });
  await work({
    kind: "flag", prompt: "hebrew", responses: ["hebrew"], wanted: "Set a flag",
    body: async () => { for (const key of ["1", "3", "1"]) await page.keyboard.press(key); },
    right: ({ flags, nothing }) => flags.map(({ flag }) => flag).join() === "unsafe" && nothing === false,
  });
  await work({
    kind: "rubric", prompt: "arabic", responses: ["arabic"], wanted: "Say yes or no",
    body: async () => {
      const groups = await form(page).getByRole("radiogroup").all();
      for (const [place, group] of groups.entries()) {
        await press(page, group.getByRole("radio", { name: "Yes" }));
        if (place > 0) await page.keyboard.press("ArrowRight");
      }
    },
    right: ({ met, score }) => Object.values(met).filter(Boolean).length === 1 && score > 0,
  });
}

async function write(page, work) {
  await work({
    kind: "write", prompt: "hebrew", responses: [], wanted: "Write the answer first",
    body: () => type(page, area(page, "Your answer"), answers.hebrew),
    right: ({ text }) => text === answers.hebrew,
  });
  await work({
    kind: "edit", prompt: "dose", responses: ["long"], wanted: "Change what is wrong",
    body: async () => {
      await tabTo(page, area(page, "Your version"));
      await page.keyboard.press("Control+a");
      await page.keyboard.type("It depends on the liver.");
    },
    right: ({ text, diff }) => text === "It depends on the liver." && diff.some(([sign]) => sign === "-"),
  });
  await work({
    kind: "rewrite", prompt: "harm", responses: ["harm"], wanted: "Write your version first",
    body: async () => {
      await type(page, area(page, "What it should have said"), "I will not say that. Please call 112.");
      await page.getByLabel("What was harmful").selectOption("suicide_and_self_harm");
      await page.getByLabel("Your version is").selectOption("refusal");
    },
    right: ({ text, approach, hazard }) => text.includes("112") && approach === "refusal" && hazard === "suicide_and_self_harm",
  });
}

async function check(page, work) {
  await work({
    kind: "spans", prompt: "dose", responses: ["wrong"], wanted: "Mark a passage",
    body: async () => {
      await type(page, page.getByLabel("Words to mark"), "eleven grams");
      await page.keyboard.press("Enter");
      await page.getByText("These words do not stand in the answer.").waitFor();
      for (let times = 0; times < 2; times += 1) {
        await page.getByLabel("Words to mark").fill("ten grams");
        await page.keyboard.press("Enter");
        await eventually("a passage more", async () => (await page.getByRole("list", { name: "Marked passages" }).getByRole("listitem").count()) === times + 1);
      }
    },
    right: ({ spans }) => spans.length === 2 && spans.every(({ quote }) => quote === "ten grams") && spans[0].start !== spans[1].start,
  });
  await work({
    kind: "fact_check", prompt: "dose", responses: ["wrong"], wanted: "Add the claims",
    body: async () => {
      await press(page, page.getByRole("button", { name: "Add a claim" }));
      await type(page, area(page, "Claim 1"), "ten grams a day is safe");
      await page.getByLabel("Verdict on claim 1").selectOption("not_supported");
      await press(page, page.getByRole("button", { name: "New source" }));
      const dialog = page.getByRole("dialog", { name: "A new source" });
      await dialog.getByLabel("Title").fill("Leaflet");
      await dialog.getByLabel("What it says").fill("At most 4 g in 24 hours.");
      await accessible(page);
      await dialog.getByRole("button", { name: "Add to the library" }).click();
      await dialog.waitFor({ state: "hidden" });
      await type(page, page.getByLabel("Quote, source for claim 1"), "At most 4 g");
      await tabTo(page, page.getByLabel("The answer cites something for it"));
      await page.keyboard.press("Space");
      await type(page, page.getByLabel("What is cited for claim 1"), "Smith 2019");
    },
    right: ({ claims: [claim] }) => claim.start === 6 && claim.verdict === "not_supported" && claim.evidence[0].quote === "At most 4 g" && claim.citation.cited === "Smith 2019" && !claim.citation.exists,
  });
}

async function talk(page, work) {
  await work({
    kind: "prompt", prompt: "brief", responses: [], wanted: "Write the prompt first",
    body: async () => {
      await type(page, area(page, "Your prompt"), "My boy burns like an oven, what now?");
      await page.getByLabel("It is", { exact: true }).selectOption("adversarial");
      await page.keyboard.press("Control+Enter");
      await page.getByRole("alert").filter({ hasText: "Try it on the model" }).waitFor();
      await press(page, page.getByRole("button", { name: "Try it on the model" }));
      await page.getByRole("article", { name: "The model's answer" }).waitFor();
      await press(page, page.getByRole("radio", { name: "Yes, it broke" }));
      await type(page, page.getByLabel("How it broke"), "It says nothing of a doctor.");
    },
    right: ({ style, trial, broke, how }) => style === "adversarial" && trial > 0 && broke === true && how.includes("doctor"),
  });
  await work({
    kind: "chat", prompt: "brief", responses: [], wanted: "Talk to the model first",
    body: async () => {
      await type(page, page.getByLabel("Say something to the model"), "מה לעשות? My boy burns.");
      await page.getByText("Draft saved").waitFor();
      await page.reload();
      await page.getByLabel("Kind of work").selectOption("chat");
      await eventually("what was typed again", async () => (await page.getByLabel("Say something to the model").inputValue()) === "מה לעשות? My boy burns.");
      await tabTo(page, page.getByLabel("Say something to the model"));
      await page.keyboard.press("Control+Enter");
      const first = page.getByRole("radiogroup", { name: "Verdict on answer 1" });
      await first.waitFor();
      await press(page, first.getByRole("radio", { name: "Flawed" }));
      await type(page, page.getByLabel("What is wrong with answer 1"), "It says nothing.");
      await press(page, page.getByRole("radiogroup", { name: "The conversation as a whole" }).getByRole("radio", { name: "Bad" }));
    },
    right: ({ turns, overall }) => turns.length === 1 && turns[0].verdict === "flawed" && turns[0].exchange_id > 0 && overall === "bad",
  });
}

export async function kinds({ checks, browser, address, owner, reader, ward }) {
  const page = await openFor(browser, address);
  await signInByKeyboard(page, "kay");
  await checks.check("consent: a hazardous task comes only to who ticked its hazard", async () => {
    const task = await addTask(owner, ward, "rate", "harm", ["harm"], { overlap: 1 });
    await page.goto(`/p/${ward.id}/judge`);
    await page.getByText("Nothing left to judge").waitFor();
    await press(page, page.getByRole("button", { name: "What you are handed" }));
    await tabTo(page, page.getByLabel("Suicide and self-harm"));
    await page.keyboard.press("Space");
    await accessible(page);
    await fitsNarrow(page);
    await press(page, page.getByRole("dialog").getByRole("button", { name: "Save" }));
    await page.getByRole("article", { name: "Answer" }).getByText(answers.harm).waitFor();
    await page.evaluate(() => document.activeElement.blur());
    for (const key of ["1", "q", "a"]) await page.keyboard.press(key);
    for (const [label, text] of [["Medical accuracy", "harm"], ["Patient safety", "harm"], ["Clarity", "short"]]) await page.getByLabel(`Reason for ${label}`).fill(text);
    await page.keyboard.press("Control+Enter");
    expect((await arrived(reader, ward, task)).scores, "the rating of the hazardous answer");
  });
  const work = doing({ checks, page, owner, reader, ward });
  await choose(page, work, ward);
  await write(page, work);
  await check(page, work);
  await talk(page, work);
  return page;
}
