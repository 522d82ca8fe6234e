// The ways in: an invitation, one's own account with a second step at sign-in, a new password by a link; two
// editors of the guidelines; who looked at whose data.
import { createHmac } from "node:crypto";
import { accessible, fitsNarrow, openFor, problemsOf } from "./browser.mjs";
import { expect } from "./checks.mjs";

const chosen = "the guest's own password";
const newer = "another password of the guest";

// RFC 6238, as a telephone does it.
function codeOf(secret, step) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/gu).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
const stepNow = () => Math.floor(Date.now() / 30_000);

async function linkOf(page) {
  const text = await page.locator(".log").innerText();
  expect(/^http.*#.{20,}$/u.test(text.trim()), `a link with its secret; got ${text}`);
  return text.trim();
}

async function fillSignIn(page, password, code) {
  await page.goto("/");
  await page.getByLabel("Login").fill("gina");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  if (code === undefined) return;
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const inside = (page) => page.getByRole("navigation", { name: "Main" }).waitFor();

export async function entry({ checks, browser, address, owner, project }) {
  let link = "";
  await checks.check("an owner makes an invitation and sees its link once", async () => {
    await owner.goto(`/p/${project.id}/people`);
    await owner.getByRole("button", { name: "Invite somebody" }).click();
    await owner.getByLabel("For whom").fill("Gina from the pump hall");
    await accessible(owner);
    await owner.getByRole("button", { name: "Make the link" }).click();
    link = await linkOf(owner);
    await owner.getByRole("button", { name: "I have kept it" }).click();
    await owner.getByText("Gina from the pump hall").waitFor();
    await accessible(owner);
    await fitsNarrow(owner);
  });
  const guest = await openFor(browser, address);
  await checks.check("the guest makes an account with it and is at work at once", async () => {
    await guest.goto(link);
    await guest.getByRole("heading", { name: "You are invited" }).waitFor();
    await accessible(guest);
    await fitsNarrow(guest);
    await guest.getByLabel("Your name").fill("Gina Guest");
    await guest.getByLabel("Login").fill("gina");
    await guest.getByRole("textbox", { name: "Password" }).fill(chosen);
    await guest.getByRole("button", { name: "Make my account" }).click();
    await guest.getByRole("heading", { name: "Judge", exact: true }).waitFor();
  });
  await checks.check("the link works once", async () => {
    const late = await openFor(browser, address);
    await late.goto(link);
    await late.getByRole("alert").getByText("accepted or taken back").waitFor();
    await late.context().close();
  });
  await checks.check("the account's page tells where one is signed in", async () => {
    await guest.getByRole("button", { name: "Account of Gina Guest" }).click();
    await guest.getByRole("menuitem", { name: "Your account" }).click();
    await guest.getByText("this one").waitFor();
    await guest.getByText(/Chrome on Linux/u).waitFor();
    await accessible(guest);
    await fitsNarrow(guest);
  });
  await secondStep({ checks, browser, address, guest });
  await checks.check("a token is made with a scope and ended", async () => {
    await guest.goto("/account");
    await guest.getByRole("textbox", { name: "Name", exact: true }).fill("notebook");
    await guest.getByLabel("Scope").selectOption("judge");
    await guest.getByRole("button", { name: "Make a token" }).click();
    await guest.getByText("The token “notebook”").waitFor();
    await guest.getByRole("button", { name: "I have kept it" }).click();
    await guest.getByRole("button", { name: "End the token notebook" }).click();
    await guest.getByRole("button", { name: "End the token notebook" }).waitFor({ state: "detached" });
  });
  await administration({ checks, browser, address, owner });
  await editors({ checks, owner, project });
  await checks.check("no page of the ways in has thrown", () => {
    const problems = [guest].flatMap(problemsOf);
    expect(problems.length === 0, `no errors; got ${problems.join("; ")}`);
  });
}

async function secondStep({ checks, browser, address, guest }) {
  await checks.check("an authenticator is set up, and sign-in then asks for its code", async () => {
    await guest.getByRole("button", { name: "Set up an authenticator" }).click();
    const secret = (await guest.locator("pre").innerText()).replaceAll(" ", "");
    await accessible(guest);
    await fitsNarrow(guest);
    const step = stepNow();
    await guest.getByLabel("The code it shows now").fill(codeOf(secret, step));
    await guest.getByRole("button", { name: "Turn it on" }).click();
    await guest.getByText("Your recovery codes").waitFor();
    const recovery = (await guest.locator(".log").innerText()).trim().split("\n");
    expect(recovery.length === 10, `ten recovery codes; got ${recovery.length}`);
    await guest.getByRole("button", { name: "I have kept it" }).click();
    const other = await openFor(browser, address);
    await fillSignIn(other, chosen, "000000");
    await other.getByRole("alert").getByText("wrong or was used").waitFor();
    await accessible(other);
    await other.getByLabel("Code").fill(recovery[0]);
    await other.getByRole("button", { name: "Sign in" }).click();
    await inside(other);
    await guest.goto("/account");
    await guest.getByRole("button", { name: "Sign out everywhere else" }).click();
    await guest.getByRole("button", { name: "Sign out everywhere else" }).waitFor({ state: "detached" });
    await other.context().close();
  });
}

async function administration({ checks, browser, address, owner }) {
  await checks.check("an administrator makes a link for a new password, and its person uses it", async () => {
    await owner.goto("/administration");
    await owner.getByRole("button", { name: "New password for Gina Guest" }).click();
    await owner.getByLabel(/authenticator is lost/u).check();
    await owner.getByRole("button", { name: "Make the link" }).click();
    const link = await linkOf(owner);
    await owner.getByRole("button", { name: "I have kept it" }).click();
    const other = await openFor(browser, address);
    await other.goto(link);
    await other.getByRole("heading", { name: "A new password" }).waitFor();
    await accessible(other);
    await fitsNarrow(other);
    await other.getByRole("textbox", { name: "New password" }).fill(newer);
    await other.getByRole("button", { name: "Set the password" }).click();
    await other.getByRole("link", { name: "Sign in" }).click();
    await fillSignIn(other, newer);
    await inside(other);
    await other.context().close();
  });
  await checks.check("administrators see who looked at whose data, and erase whom they name", async () => {
    await owner.goto("/administration");
    await owner.getByText(/looked at the list of everybody/u).first().waitFor();
    await accessible(owner);
    await fitsNarrow(owner);
    await owner.getByRole("button", { name: "Erase Gina Guest" }).click();
    await owner.getByLabel("Type the login, gina").fill("tess");
    await owner.getByRole("button", { name: "Erase", exact: true }).click();
    await owner.getByRole("alert").waitFor();
    await owner.getByLabel("Type the login, gina").fill("gina");
    await owner.getByRole("button", { name: "Erase", exact: true }).click();
    await owner.getByText("The log still verifies.").waitFor();
    await owner.getByRole("button", { name: "Done", exact: true }).click();
    await owner.getByText(/^Erased person \d+$/u).waitFor();
  });
}

async function editors({ checks, owner, project }) {
  await checks.check("the second editor of the guidelines is told and overwrites nothing", async () => {
    const second = await owner.context().newPage();
    for (const page of [owner, second]) {
      await page.goto(`/p/${project.id}/guidelines`);
      await page.getByRole("button", { name: "Write a new version" }).click();
      await page.getByRole("textbox").waitFor();
    }
    await owner.getByRole("textbox").fill("# Written first");
    await owner.getByRole("button", { name: "Save as a new version" }).click();
    await owner.getByRole("heading", { name: "Written first" }).waitFor();
    await second.getByRole("textbox").fill("# Written second");
    await second.getByRole("button", { name: "Save as a new version" }).click();
    await second.getByRole("alert").getByText(/was written in the meantime/u).waitFor();
    await second.getByRole("heading", { name: "Written first" }).waitFor();
    await accessible(second);
    await fitsNarrow(second);
    await second.getByRole("button", { name: "Save as a new version" }).click();
    await second.getByRole("heading", { name: "Written second" }).waitFor();
    await second.close();
  });
}
