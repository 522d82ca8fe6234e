export const categories: { value: string; label: string }[] = [
  { value: "evident_conflict", label: "Contradicts the prompt or a source, plainly" },
  { value: "subtle_conflict", label: "Contradicts the prompt or a source, subtly" },
  { value: "evident_baseless", label: "Made up, plainly" },
  { value: "subtle_baseless", label: "Made up, but sounds right" },
  { value: "factual_error", label: "Factual error" },
  { value: "reasoning_error", label: "Error of reasoning" },
  { value: "wrong_figure", label: "Wrong figure or calculation" },
  { value: "instruction_missed", label: "Misses the instruction" },
  { value: "unsafe", label: "Unsafe" },
  { value: "irrelevant", label: "Beside the point" },
  { value: "repetition", label: "Repetition" },
  { value: "unclear_wording", label: "Unclear wording" },
  { value: "wrong_tone", label: "Wrong tone" },
];

export function categoryName(category: string): string {
  return categories.find(({ value }) => value === category)?.label ?? category;
}
