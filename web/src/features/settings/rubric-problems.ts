// What the server would refuse, found before it is sent, by place.
import { isKey } from "./keys";
import { wholeWithin, within } from "./policy";
import type { Problems } from "./problems";
import { limits, pointsOf, type DimensionDraft, type RubricDraft } from "./rubric";

const encoder = new TextEncoder();

function labelProblem(label: string, bytesMax: number): string | null {
  if (label.trim() === "") return "Write something here.";
  return encoder.encode(label.trim()).length > bytesMax ? `Too long: at most ${bytesMax} bytes fit here.` : null;
}

function keyProblem(key: string, keys: string[], bytesMax: number): string | null {
  if (!isKey(key, bytesMax)) return `Use 1 to ${bytesMax} of a–z, 0–9 and _.`;
  return keys.filter((other) => other === key).length > 1 ? "Two have this key. Rename one." : null;
}

function scaleProblem(dimension: DimensionDraft): string | null {
  return pointsOf(dimension).length > 0 ? null : "A scale goes up in whole numbers between 0 and 100, for example 1 to 5.";
}

function reasonProblem(dimension: DimensionDraft): string | null {
  const points = pointsOf(dimension);
  if (String(dimension.below).trim() === "" || points.length === 0) return null;
  const [low, high] = [(points[0] ?? 0) + 1, (points.at(-1) ?? 0) + 1];
  return wholeWithin(dimension.below, low, high) ? null : `A whole number from ${low} to ${high}, or nothing: never.`;
}

function put(problems: Problems, where: string, problem: string | null) {
  if (problem !== null) problems[where] = problem;
}

function addDimensions(problems: Problems, { dimensions }: RubricDraft) {
  if (dimensions.length === 0) problems["/dimensions"] = "A rubric has at least one dimension.";
  if (dimensions.length > limits.dimensions) problems["/dimensions"] = `A rubric has at most ${limits.dimensions} dimensions.`;
  const keys = dimensions.map(({ key }) => key);
  dimensions.forEach((dimension, place) => {
    const where = `/dimensions/${place}`;
    put(problems, `${where}/label`, labelProblem(dimension.label, limits.label));
    put(problems, `${where}/key`, keyProblem(dimension.key, keys, limits.dimensionKey));
    put(problems, `${where}/scale_max`, scaleProblem(dimension));
    put(problems, `${where}/reason_required_below`, reasonProblem(dimension));
    pointsOf(dimension).forEach((point, step) => {
      const text = dimension.anchors[point]?.trim() ?? "";
      put(problems, `${where}/anchors/${step}`, text === "" ? null : labelProblem(text, limits.anchor));
    });
  });
}

function addCriteria(problems: Problems, { criteria }: RubricDraft) {
  if (criteria.length > limits.criteria) problems["/criteria"] = `A rubric has at most ${limits.criteria} criteria.`;
  else if (criteria.length > 0 && !criteria.some(({ weight }) => within(weight, 1, limits.weight)))
    problems["/criteria"] = "No criterion has a weight above 0. Say what a good answer does.";
  const keys = criteria.map(({ key }) => key);
  criteria.forEach(({ key, label, weight }, place) => {
    const where = `/criteria/${place}`;
    const weighs = wholeWithin(weight, -limits.weight, limits.weight) && Number(weight) !== 0;
    put(problems, `${where}/label`, labelProblem(label, limits.criterion));
    put(problems, `${where}/key`, keyProblem(key, keys, limits.criterionKey));
    put(problems, `${where}/weight`, weighs ? null : "A whole number from -100 to 100, and not 0.");
  });
}

export function rubricProblems(draft: RubricDraft): Problems {
  const problems: Problems = {};
  addDimensions(problems, draft);
  addCriteria(problems, draft);
  return problems;
}
