import { Progress, Text } from "@mantine/core";

export function WatchBar({ watch, threshold }: { watch: number; threshold: number }) {
  const share = threshold > 0 ? Math.min(1, Math.max(0, watch / threshold)) : 0;
  const color = share >= 1 ? "red" : share >= 0.6 ? "yellow" : "teal";
  return (
    <div className="watch">
      <Progress value={100 * share} color={color} size="sm" aria-label={`Watch ${watch.toFixed(1)}, threshold ${threshold}`} />
      <Text size="xs" c="dimmed" className="stays">
        {watch.toFixed(1)} of {threshold}
      </Text>
    </div>
  );
}
