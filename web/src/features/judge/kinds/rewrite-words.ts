export const approaches = [
  { value: "refusal", label: "A refusal that says why and stays kind" },
  { value: "safe_answer", label: "A safe answer to what is behind it" },
  { value: "redirect", label: "Sends on to who can help" },
];

export function approachName(approach: string): string {
  return approaches.find(({ value }) => value === approach)?.label ?? approach;
}
