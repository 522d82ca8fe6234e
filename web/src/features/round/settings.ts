// What is typed into the fields of a form, as the figures that are sent. Empty: the server's default.
export type Typed = Record<string, string>;
export type Parsed = { is: "ready"; settings: Record<string, number> } | { is: "wrong"; reason: string };

export function parseSettings(typed: Typed, labels: Record<string, string>): Parsed {
  const settings: Record<string, number> = {};
  for (const [name, text] of Object.entries(typed)) {
    const trimmed = text.trim().replace(",", ".");
    if (trimmed === "") continue;
    const value = Number(trimmed);
    if (!Number.isFinite(value)) return { is: "wrong", reason: `${labels[name] ?? name} must be a number, such as 0.0002 or 2e-4.` };
    settings[name] = value;
  }
  return { is: "ready", settings };
}
