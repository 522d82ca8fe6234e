import { Fragment } from "react";
import { plain, words } from "./words";

// Names and values side by side, such as the settings of a run.
export function Facts({ values, label }: { values: Record<string, unknown>; label: string }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <dl className="facts" aria-label={label}>
      {entries.map(([key, value]) => (
        <Fragment key={key}>
          <dt>{words(key)}</dt>
          <dd>{plain(value)}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
