export const verdicts = [
  { value: "supported", label: "Supported by a source" },
  { value: "not_supported", label: "Not supported" },
  { value: "irrelevant", label: "Nothing to check" },
  { value: "unsettled", label: "I cannot settle it: send to someone else" },
];

export function verdictName(verdict: string): string {
  if (verdict === "unsettled") return "Not settled";
  return verdicts.find(({ value }) => value === verdict)?.label ?? verdict;
}
