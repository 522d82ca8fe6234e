// A lead takes a round from answers to an evaluation, with a real model.
import { accessible, fitsNarrow } from "./browser.mjs";
import { eventually, expect } from "./checks.mjs";

const jobMs = 240_000;

async function jobDone(lead, round, kind) {
  return eventually(
    `the ${kind} job done`,
    async () => {
      const { jobs } = await lead.get(`/rounds/${round}`);
      const job = jobs.filter((candidate) => candidate.kind === kind).at(-1);
      if (job?.state === "failed" || job?.state === "cancelled") throw new Error(`the job ${job.state}: ${job.error}`);
      return job?.state === "done" ? job : null;
    },
    jobMs,
  );
}

export async function startRound({ checks, page, project }) {
  let round = 0;
  await checks.check("the empty list of rounds says what a round is", async () => {
    await page.goto(`/p/${project.id}/rounds`);
    await page.getByText("No round yet").waitFor();
    await accessible(page);
  });
  await checks.check("a lead starts a round", async () => {
    await page.getByRole("button", { name: "Start a round" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("First light");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("heading", { name: "1. First light" }).waitFor();
    round = Number(page.url().split("/").at(-1));
    expect((await page.getByRole("list", { name: "Stages of the round" }).getByRole("listitem").count()) === 8, "eight stages");
  });
  await checks.check("the round's page is live", () => page.getByText("· live").waitFor());
  return round;
}

export async function generate({ checks, page, lead, round }) {
  await checks.check("answers are generated from the round's page, with progress, until done", async () => {
    await page.getByRole("button", { name: "Generate answers" }).click();
    await accessible(page);
    await page.getByLabel("Answers to each prompt").fill("1");
    await page.getByLabel("Longest answer, in tokens").fill("24");
    await page.getByRole("button", { name: "Generate", exact: true }).click();
    const job = page.getByRole("listitem").filter({ hasText: "Generate answers" });
    await job.getByText("done", { exact: true }).waitFor({ timeout: jobMs });
    await jobDone(lead, round, "generate");
  });
  await checks.check("the log of a job can be read", async () => {
    await page.getByRole("button", { name: "Log" }).first().click();
    await page.getByLabel(/^Log of job/).waitFor();
  });
}

export async function learn({ checks, page, lead, project, round }) {
  await checks.check("a snapshot shows its hash and counts", async () => {
    await page.goto(`/p/${project.id}/rounds/${round}`);
    await page.getByRole("button", { name: "Take a snapshot" }).click();
    await page.getByRole("button", { name: "Take the snapshot" }).click();
    await page.getByRole("button", { name: /Copy the hash of snapshot/ }).waitFor({ timeout: jobMs });
    await page.getByText("demonstrations.jsonl").first().waitFor();
  });
  await checks.check("a figure that is none is refused in words and keeps the form", async () => {
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByLabel("Name of the new model").fill("taught");
    await page.getByLabel("Learning rate").fill("fast");
    await page.getByRole("dialog").getByRole("button", { name: "Train" }).click();
    await page.getByRole("alert").filter({ hasText: "Learning rate must be a number" }).waitFor();
    await accessible(page);
  });
  await checks.check("a model is trained, and its run shows a curve", async () => {
    await page.getByLabel("Learning rate").fill("1e-3");
    await page.getByLabel("Epochs").fill("6");
    await page.getByRole("dialog").getByRole("button", { name: "Train" }).click();
    await jobDone(lead, round, "train");
    await page.getByRole("img", { name: /^Loss over 6 steps/ }).waitFor();
    await page.getByRole("link", { name: "The model it made" }).waitFor();
  });
  await checks.check("the round's page with everything on it is accessible in light and dark", () => accessible(page));
  await checks.check("the round's page with everything on it fits a narrow screen", () => fitsNarrow(page));
  await checks.check("an evaluation is started with the new model and ends on its page", async () => {
    await page.getByRole("button", { name: "Evaluate", exact: true }).click();
    await page.getByLabel("Blind comparisons, each model").fill("3");
    await page.getByLabel("Longest answer, in tokens").fill("24");
    await page.getByRole("dialog").getByRole("button", { name: "Evaluate" }).click();
    await jobDone(lead, round, "evaluate");
    await page.getByRole("link", { name: /Evaluation \d+/ }).click();
    await page.getByRole("heading", { name: /^Evaluation/ }).waitFor();
  });
  return Number(page.url().split("/").at(-1));
}

export async function interrupt({ checks, page, lead, project, round }) {
  const newest = async () => (await lead.get(`/rounds/${round}`)).jobs.reduce((a, b) => (b.id > a.id ? b : a));
  const row = page.getByRole("listitem").filter({ hasText: "Train: interrupted" });
  await checks.check("a job that runs is cancelled from the round's page", async () => {
    await page.goto(`/p/${project.id}/rounds/${round}`);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByLabel("Name of the new model").fill("interrupted");
    await page.getByRole("textbox", { name: "Steps" }).fill("3000");
    await page.getByRole("dialog").getByRole("button", { name: "Train" }).click();
    await eventually("the job under way", async () => (await newest()).progress > 0, jobMs);
    await row.getByRole("button", { name: "Cancel" }).click();
    await row.getByText("cancelled", { exact: true }).waitFor({ timeout: jobMs });
    expect((await newest()).state === "cancelled", "the server says the same");
    await accessible(page);
  });
  await checks.check("a cancelled job is resumed from the page and goes on from where it stopped", async () => {
    const stopped = (await newest()).progress;
    await row.getByRole("button", { name: "Resume" }).click();
    await eventually("more of it done than before", async () => (await newest()).progress > stopped, jobMs);
    const { runs } = await lead.get(`/rounds/${round}`);
    const run = await lead.get(`/runs/${runs.find(({ name }) => name === "interrupted").id}`);
    const made = run.steps.map(({ step }) => step);
    expect(made.length > 0 && made.every((step, index) => step === index + 1), `every step once and without gaps; got ${made.join()}`);
    await row.getByRole("button", { name: "Cancel" }).click();
    await row.getByText("cancelled", { exact: true }).waitFor({ timeout: jobMs });
  });
}

// Every page of a project in which nothing has happened says what will be there, and none breaks.
export async function emptyPages({ checks, page, project }) {
  const pages = [["judge", "Nothing left to judge"], ["rounds", "No round yet"], ["models", "No model yet"], ["chat", "No model to talk to"], ["people", "People"], ["guidelines", "Not yet"]];
  for (const [path, words] of pages)
    await checks.check(`the page ${path} of an empty project says so, accessibly`, async () => {
      await page.goto(`/p/${project.empty}/${path}`);
      await page.getByRole("heading", { name: words, exact: true }).waitFor();
      await accessible(page);
      await fitsNarrow(page);
    });
}

export async function people({ checks, page, project }) {
  await checks.check("the people page shows work and watch, accessibly", async () => {
    await page.goto(`/p/${project.id}/people`);
    await page.getByRole("row").filter({ hasText: "Tess Trainer" }).waitFor();
    await accessible(page);
    await fitsNarrow(page);
  });
  await checks.check("a lead pauses a person with a reason and resumes", async () => {
    await page.getByRole("button", { name: "Pause Tess Trainer" }).click();
    await page.getByLabel("Reason").fill("Let us talk about the last cases");
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused: Let us talk about the last cases").waitFor();
    await accessible(page);
    await page.getByRole("button", { name: "Resume Tess Trainer" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause Tess Trainer" }).waitFor();
  });
}
