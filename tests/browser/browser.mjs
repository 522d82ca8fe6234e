// A real browser, people in it, and the accessibility rules of axe over what they see.
import { createRequire } from "node:module";
import { password } from "./program.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = require("axe-core");

export function launch() {
  const flags = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: process.env.PRECEPTOR_BROWSER, args: flags });
}

// A browser of one's own for one person: nothing shared with the others.
export async function openFor(browser, address) {
  const context = await browser.newContext({ baseURL: address, reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && page.problems.push(message.text()));
  return page;
}

// What a page has reported besides the requests that were refused or lost, which a test may have wanted.
export function problemsOf(page) {
  return page.problems.filter((text) => !/Failed to load resource|ERR_CONNECTION|dynamically imported module|FormatMessage|net::/.test(text));
}

// Remembers whether a mouse or finger was used, also across reloads.
export async function watchPointer(page) {
  await page.addInitScript(() => addEventListener("pointerdown", () => sessionStorage.setItem("pointer", "used"), true));
}

export function pointerWasUsed(page) {
  return page.evaluate(() => sessionStorage.getItem("pointer") === "used");
}

// How much a newcomer's browser gets over the wire until the page to sign in stands.
export async function firstLoadBytes(page) {
  const finished = [];
  page.on("requestfinished", (request) => finished.push(request));
  await page.goto("/");
  await page.getByLabel("Login").waitFor();
  const sizes = await Promise.all(finished.map((request) => request.sizes()));
  return sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
}

export async function signInByKeyboard(page, login) {
  await page.goto("/");
  await page.getByLabel("Login").waitFor();
  await page.keyboard.type(login);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

// Tab until the element has the focus, as somebody without a mouse does it.
export async function tabTo(page, locator) {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("the element cannot be reached with the Tab key");
}

async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    return result.violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`).slice(0, 3) }));
  });
  return found.filter(({ impact }) => impact === "serious" || impact === "critical");
}

export async function accessible(page) {
  for (const scheme of ["light", "dark"]) {
    await page.evaluate((wanted) => document.documentElement.setAttribute("data-mantine-color-scheme", wanted), scheme);
    const found = await violations(page);
    if (found.length > 0) throw new Error(`in ${scheme} colours axe finds ${JSON.stringify(found, null, 1)}`);
  }
  await page.evaluate(() => document.documentElement.setAttribute("data-mantine-color-scheme", "light"));
}

export async function fitsNarrow(page) {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.setViewportSize(size);
  if (overflow > 0) throw new Error(`the page is ${overflow} pixels wider than a narrow screen`);
}
