import { Text } from "@mantine/core";
import type { Quality } from "../../api/types";
import { plural } from "../../shared/format";

function reading(alpha: number): string {
  if (alpha >= 0.8) return "Good agreement: the comparisons say much the same whoever judges.";
  if (alpha >= 0.667) return "Fair agreement: enough for tentative conclusions.";
  if (alpha > 0) return "Weak agreement: look at the guidelines and at the cases people disagree on.";
  return "No agreement beyond chance.";
}

export function Agreement({ agreement }: { agreement: Quality["agreement"] }) {
  const alpha = agreement.krippendorff_alpha;
  return (
    <div className="card agreement">
      <div className="big-figure">{alpha === null ? "–" : alpha.toFixed(2)}</div>
      <div>
        <Text fw={600}>Agreement (Krippendorff’s alpha)</Text>
        <Text size="sm" c="dimmed">
          {alpha === null
            ? "It needs comparisons that two or more people have judged."
            : `${reading(alpha)} Over ${plural(agreement.items, "comparison")} judged by two or more; 1 is perfect, 0 is what chance gives.`}
        </Text>
      </div>
    </div>
  );
}
