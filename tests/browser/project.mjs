// A small project with one person of each role.
import { command, password, signIn } from "./program.mjs";

const dimension = (key, label, reason_required_below) => ({
  key,
  label,
  scale_min: 1,
  scale_max: 5,
  anchors: ["unusable", "poor", "fair", "good", "excellent"],
  reason_required_below,
});

const questions = [
  "How long does the red pump of Halden run on one filling?",
  "ما هي المدة التي تعمل فيها المضخة الحمراء؟ أجب باختصار من فضلك.",
  `Please read this long report and answer in one sentence. ${"The valve was opened, the pressure fell, and nobody wrote down why. ".repeat(12)}Anaveryverylongwordwithoutanyspacesinitthatmustnotbreakthepage${"x".repeat(120)}`,
];

export async function makeProject(program, workspace, address) {
  const owner = await signIn(address, "olga");
  const lead = await owner.post("/people", { login: "lena", name: "Lena Lead", password, simulated: false });
  const trainer = await owner.post("/people", { login: "tess", name: "Tess Trainer", password, simulated: false });
  const project = await owner.post("/projects", {
    name: "Pumps",
    languages: ["en", "ar"],
    domains: ["pumps"],
    guideline: "# How we judge\n\nPrefer the answer that is **right**, then the one that is clear.\n\n| Case | Choice |\n|---|---|\n| Both wrong | Both bad |\n",
    rubric: { dimensions: [dimension("accuracy", "Accuracy", 3), dimension("tone", "Tone", null)] },
    overlap: { compare: 1, rate: 1, write: 1 },
  });
  await owner.put(`/projects/${project.id}/members/${lead.id}`, { role: "lead" });
  await owner.put(`/projects/${project.id}/members/${trainer.id}`, { role: "trainer" });
  const prompt = (content, split, key) => ({ messages: [{ role: "user", content }], intent: "question", domain: "pumps", language: "en", split, key });
  const train = await owner.post(`/projects/${project.id}/prompts`, { items: questions.map((text, at) => prompt(text, "train", `train-${at}`)) });
  await owner.post(`/projects/${project.id}/prompts`, {
    items: Array.from({ length: 12 }, (_, at) => prompt(`Which pump stands in hall ${at + 1}?`, "evaluation", `evaluation-${at}`)),
  });
  const empty = await owner.post("/projects", { name: "Valves", languages: ["en"], domains: [], guideline: "# Not yet", rubric: { dimensions: [dimension("accuracy", "Accuracy", 3)] }, overlap: { compare: 1, rate: 1, write: 1 } });
  await owner.put(`/projects/${empty.id}/members/${lead.id}`, { role: "lead" });
  return { id: project.id, empty: empty.id, prompts: train.ids, trainer: trainer.id };
}

export function makeOwner(program, workspace) {
  command(program, "admin", "create-person", "olga", "--name", "Olga Owner", "--password", password, "--administrator", "--workspace", workspace);
}

// One task of each kind, a comparison for the interruptions and one to skip: handed out in this order.
export async function makeTasks(owner, project, round) {
  const [first, second, third] = project.prompts;
  const texts = [
    [first, "It runs for six hours."],
    [first, "It runs for nine hours, as the plate on its side says."],
    [second, "تعمل المضخة الحمراء ست ساعات كاملة قبل أن تحتاج إلى التعبئة."],
    [third, "Nobody wrote it down."],
    [third, `A long answer. ${"The pressure fell because the valve was open. ".repeat(20)}`],
  ];
  const { ids } = await owner.post(`/projects/${project.id}/responses`, { items: texts.map(([prompt_id, text]) => ({ prompt_id, text, model_id: null })) });
  const task = (kind, prompt_id, response_ids, priority) => ({ kind, prompt_id, response_ids, priority, purpose: "training", round_id: round });
  await owner.post(`/projects/${project.id}/tasks`, {
    items: [task("compare", first, [ids[0], ids[1]], 4), task("rate", second, [ids[2]], 3), task("write", second, [], 2), task("compare", third, [ids[3], ids[4]], 1), task("compare", first, [ids[0], ids[1]], 0)],
  });
  return { wrong: ids[0], right: ids[1] };
}
