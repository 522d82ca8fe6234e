import { Facts } from "./facts";
import { resultsOf } from "./run-results";

type Props = { name: string; metrics: Record<string, unknown> | null; settings: Record<string, unknown> | null };

// A training run in figures: what it came to, and one click away its last step and its settings.
export function RunFacts({ name, metrics, settings }: Props) {
  const { results, lastStep } = resultsOf(metrics);
  return (
    <>
      <Facts values={results} label={`Results of ${name}`} />
      {Object.keys(lastStep).length > 0 ? (
        <details>
          <summary>The last step alone</summary>
          <Facts values={lastStep} label={`Last step of ${name}`} />
        </details>
      ) : null}
      <details>
        <summary>Settings: the run can be repeated from them</summary>
        <Facts values={settings ?? {}} label={`Settings of ${name}`} />
      </details>
    </>
  );
}
