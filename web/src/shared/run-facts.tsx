import { Text } from "@mantine/core";
import { Facts } from "./facts";
import { Hash } from "./hash";
import { summaryOf } from "./run-summary";

type Props = { name: string; metrics: Record<string, unknown> | null; settings: Record<string, unknown> | null };

// A training run in words, and one click away every figure of it.
export function RunFacts({ name, metrics, settings }: Props) {
  const { lines, fingerprint, lastStep } = summaryOf(metrics, settings);
  return (
    <>
      {lines.map((line) => (
        <Text key={line} size="sm" mt={4}>
          {line}
        </Text>
      ))}
      <details>
        <summary>Settings and last step</summary>
        <div className="folded">
          <h3>Settings, with which the run can be repeated</h3>
          <Facts values={settings ?? {}} label={`Settings of ${name}`} />
          {Object.keys(lastStep).length > 0 ? <h3>The last step alone</h3> : null}
          <Facts values={lastStep} label={`Last step of ${name}`} />
          {fingerprint ? (
            <p>
              Fingerprint of the weights: <Hash value={fingerprint} what={`the weights of ${name}`} />
            </p>
          ) : null}
        </div>
      </details>
    </>
  );
}
