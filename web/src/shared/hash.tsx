import { CopyButton, UnstyledButton } from "@mantine/core";
import { shortHash } from "./format";

export function Hash({ value, what }: { value: string; what: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <UnstyledButton className="mono hash" onClick={copy} title={value} aria-label={`Copy the hash of ${what}, ${shortHash(value)}`}>
          {copied ? "copied" : shortHash(value)}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
