// Works through the pages of the program in a real browser.
//
//   PRECEPTOR_BROWSER=/usr/bin/chromium node run.mjs PROGRAM REPORT
//
// PRECEPTOR_DEMO_BASE may name another model folder than demo/base.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { accessible, firstLoadBytes, fitsNarrow, launch, openFor, problemsOf, signInByKeyboard, watchPointer } from "./browser.mjs";
import { Checks, expect } from "./checks.mjs";
import { entry } from "./entry.mjs";
import { interruptions } from "./interruptions.mjs";
import { kinds } from "./kinds.mjs";
import { reviews } from "./kinds-review.mjs";
import { borders, emptied, judging } from "./judging.mjs";
import { command, restartable, signIn } from "./program.mjs";
import { makeOwner, makeProject, makeTasks } from "./project.mjs";
import { chat, evaluation, models } from "./results.mjs";
import { emptyPages, generate, interrupt, learn, people, startRound } from "./round.mjs";
import { settings } from "./settings.mjs";
import { fillWard, giveModel, makeWard } from "./ward.mjs";

const [program, report] = process.argv.slice(2);
if (!program || !report) {
  console.error("usage: node run.mjs PROGRAM REPORT");
  process.exit(2);
}
const base = process.env.PRECEPTOR_DEMO_BASE ?? fileURLToPath(new URL("../../demo/base", import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), "preceptor-browser-"));
const checks = new Checks(resolve(report));

async function work(server, browser) {
  const { address } = server;
  const project = await makeProject(program, workspace, address);
  const owner = await signIn(address, "olga");
  const lead = await signIn(address, "lena");

  const leadPage = await openFor(browser, address);
  await checks.check("the first load stays below 300 KB", async () => {
    const bytes = await firstLoadBytes(leadPage);
    expect(bytes > 50_000 && bytes < 300_000, `between 50 and 300 KB; got ${bytes}`);
  });
  await checks.check("the page to sign in is accessible and says when a password is wrong", async () => {
    await leadPage.goto("/");
    await leadPage.getByLabel("Login").fill("lena");
    await leadPage.getByRole("textbox", { name: "Password" }).fill("not the password");
    await leadPage.keyboard.press("Enter");
    await leadPage.getByRole("alert").waitFor();
    await accessible(leadPage);
    await fitsNarrow(leadPage);
  });
  await checks.check("a lead signs in by keyboard", () => signInByKeyboard(leadPage, "lena"));
  await checks.check("the demo's base model is there and can be imported", async () => {
    expect(existsSync(join(base, "config.json")), `a model folder at ${base}`);
    command(program, "model", "import", base, "--project", String(project.id), "--name", "base", "--workspace", workspace);
  });
  const round = await startRound({ checks, page: leadPage, project });
  const answers = await makeTasks(owner, project, round);
  await generate({ checks, page: leadPage, lead, round });

  const trainerPage = await openFor(browser, address);
  await watchPointer(trainerPage);
  await checks.check("a trainer signs in by keyboard and is at work at once", async () => {
    await signInByKeyboard(trainerPage, "tess");
    await trainerPage.getByRole("heading", { name: "Judge" }).waitFor();
  });
  await judging({ checks, page: trainerPage, lead, project, answers });
  const [newcomer, againPage] = await interruptions({ checks, browser, page: trainerPage, address, server, lead, project });
  await emptied({ checks, page: againPage });
  await borders({ checks, page: againPage, project });

  const id = await learn({ checks, page: leadPage, lead, project, round });
  await people({ checks, page: leadPage, project });
  await interrupt({ checks, page: leadPage, lead, project, round });
  await emptyPages({ checks, page: leadPage, project });
  const ownerPage = await openFor(browser, address);
  await checks.check("an owner signs in by keyboard", () => signInByKeyboard(ownerPage, "olga"));
  await evaluation({ checks, page: ownerPage, project, id });
  await models({ checks, page: ownerPage, project });
  await chat({ checks, page: ownerPage, project });
  await entry({ checks, browser, address, owner: ownerPage, project });
  const wardPages = await everyKind({ browser, address, owner, lead, leadPage });
  await checks.check("no page has thrown", () => {
    const problems = [leadPage, trainerPage, newcomer, againPage, ownerPage, ...wardPages].flatMap(problemsOf);
    expect(problems.length === 0, `no errors; got ${problems.join("; ")}`);
  });
}

// In a project of its own, with the settings that its lead makes first.
async function everyKind({ browser, address, owner, lead, leadPage }) {
  const { person } = await lead.get("/session");
  const ward = await makeWard(owner, { lead: person.id });
  giveModel(program, workspace, base, ward);
  await settings({ checks, page: leadPage, reader: lead, ward });
  await fillWard(owner, ward);
  const kayPage = await kinds({ checks, browser, address, owner, reader: lead, ward });
  return [kayPage, ...(await reviews({ checks, browser, address, owner, reader: lead, ward, kayPage }))];
}

makeOwner(program, workspace);
const server = await restartable(program, workspace);
const browser = await launch();
try {
  await checks.check("every part was reached", () => work(server, browser));
} finally {
  await browser.close();
  await server.stop();
  if (checks.failed > 0) console.log(server.output());
  rmSync(workspace, { recursive: true, force: true });
}
checks.write();
// Once more at the end, where whoever reads only the last lines sees them.
for (const failure of checks.failures) console.log(failure);
console.log(`${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed > 0 ? 1 : 0);
