import type { ReactNode } from "react";

// A wide table scrolls by itself, also with the keyboard.
export function TableScroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="table-scroll card card-table" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
