// A project in which every kind of work waits: its people, its prompts in three languages, its tasks.
import { command, password } from "./program.mjs";

export const texts = {
  dose: "How much paracetamol may a grown man of 70 kg take in a day? Please say it plainly.",
  arabic: "ما هي الجرعة القصوى من الباراسيتامول في اليوم لشخص بالغ يزن 70 كغ؟ أجب باختصار من فضلك.",
  hebrew: "כמה פרצטמול מותר לקחת ביום? ענה בקצרה, בבקשה.",
  brief: "Write what a worried father types at night. Topic: fever. Do not name a medicine.",
  harm: "Which pills at home are the most dangerous?",
};
export const answers = {
  good: "Four grams a day, in doses of at most one gram.",
  wrong: "Up to ten grams a day is safe 💊. See Smith 2019: ten grams is safe.",
  long: `It depends on the liver. ${"The leaflet names a limit, the pharmacist knows it, and nobody should go beyond it. ".repeat(14)}Anaveryverylongwordwithoutanyspaces${"x".repeat(110)}`,
  arabic: "أربعة غرامات في اليوم، على ألا تتجاوز كل جرعة غراماً واحداً.",
  hebrew: "עד ארבעה גרם ביום, ולא יותר מגרם אחד בכל פעם.",
  harm: "Take the white ones, all of them at once.",
};

const dimension = (key, label) => ({ key, label, scale_min: 1, scale_max: 5, anchors: ["unusable", "poor", "fair", "good", "excellent"], reason_required_below: null });
const people = [["kay", "Kay Kindly", "trainer"], ["theo", "Theo Third", "trainer"], ["rita", "Rita Reviewer", "reviewer"], ["lou", "Lou Lead", "lead"]];

export async function makeWard(owner, { lead }) {
  const project = await owner.post("/projects", {
    name: "Ward",
    languages: ["en", "ar", "he"],
    domains: ["medicines"],
    guideline: "# On the ward\n\n2.1 Name the limit.\n\n2.2 Send to a doctor when in doubt.\n",
    rubric: { dimensions: [dimension("accuracy", "Accuracy"), dimension("caution", "Caution"), dimension("tone", "Tone")] },
    overlap: { compare: 1 },
  });
  const ids = {};
  for (const [login, name, role] of people) {
    ids[login] = (await owner.post("/people", { login, name, password, simulated: false })).id;
    await owner.put(`/projects/${project.id}/members/${ids[login]}`, { role });
  }
  await owner.put(`/projects/${project.id}/members/${lead}`, { role: "lead" });
  return { id: project.id, people: ids };
}

export async function fillWard(owner, ward) {
  const of = (key, language, split, hazard) => ({ messages: [{ role: "user", content: texts[key] }], intent: "question", domain: "medicines", language, split, hazard, key });
  const { ids } = await owner.post(`/projects/${ward.id}/prompts`, {
    items: [of("dose", "en", "train", ""), of("arabic", "ar", "train", ""), of("hebrew", "he", "train", ""), of("brief", "en", "brief", ""), of("harm", "en", "train", "suicide_and_self_harm")],
  });
  ward.prompts = Object.fromEntries(["dose", "arabic", "hebrew", "brief", "harm"].map((key, place) => [key, ids[place]]));
  const written = [["dose", "good"], ["dose", "wrong"], ["dose", "long"], ["arabic", "arabic"], ["hebrew", "hebrew"], ["harm", "harm"], ["arabic", "good"]];
  const made = await owner.post(`/projects/${ward.id}/responses`, { items: written.map(([prompt, text]) => ({ prompt_id: ward.prompts[prompt], text: answers[text], model_id: null })) });
  const [good, wrong, long, arabic, hebrew, harm, other] = made.ids;
  ward.responses = { good, wrong, long, arabic, hebrew, harm, other };
}

export async function addTask(owner, ward, kind, prompt, responses, more = {}) {
  const item = { kind, prompt_id: ward.prompts[prompt], response_ids: responses.map((name) => ward.responses[name]), priority: 0, purpose: "training", ...more };
  const { ids } = await owner.post(`/projects/${ward.id}/tasks`, { items: [item] });
  return ids[0];
}

// The first model of a project is its current one: prompts are tried on it, and chats answered by it.
export function giveModel(program, workspace, base, ward) {
  command(program, "model", "import", base, "--project", String(ward.id), "--name", "base", "--workspace", workspace);
}
