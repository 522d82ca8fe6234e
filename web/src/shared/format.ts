// Figures and times as people read them.
export function share(value: number): string {
  return `${Math.round(value * 100)} %`;
}

export function figure(value: number, unit: string): string {
  if (unit === "share") return share(value);
  return `${value.toFixed(Math.abs(value) < 10 ? 2 : 1)}${unit ? ` ${unit}` : ""}`;
}

export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

export function count(value: number): string {
  return value.toLocaleString("en");
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const times = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
export function moment(iso: string): string {
  return times.format(new Date(iso));
}

export function duration(begin: string | null, end: string | null): string {
  if (!begin) return "";
  const seconds = ((end ? new Date(end).getTime() : Date.now()) - new Date(begin).getTime()) / 1000;
  if (seconds < 90) return `${Math.max(0, seconds).toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.round(seconds / 60)} min`;
}

export function wordCount(text: string): number {
  return text.trim() === "" ? 0 : text.trim().split(/\s+/u).length;
}
