// One way to talk to the server: JSON, the session's cookie, its CSRF token on every write, errors in its own words.
import type { Problem, Session } from "./types";

function sentence(text: string | undefined): string {
  const trimmed = text?.trim() ?? "";
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return begun === "" || /[.!?…]$/u.test(begun) ? begun : `${begun}.`;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    super([problem.detail, problem.hint].map(sentence).filter(Boolean).join(" ") || `The server answered ${status}.`);
  }
}

// Told when a request is refused because the session has ended; the app then asks to sign in again over the page.
let sessionEnded: () => void = () => undefined;
export function onSessionEnded(tell: () => void) {
  sessionEnded = tell;
}

let csrfToken = "";
export function rememberCsrfToken(token: string | null | undefined) {
  csrfToken = token ?? "";
}

export function headersOf(method: string, extra: Record<string, string> = {}): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json", ...extra };
  if (method !== "GET") {
    headers["Content-Type"] = "application/json";
    if (csrfToken) headers["X-CSRF-Token"] = csrfToken;
  }
  return headers;
}

async function problemOf(response: Response): Promise<Partial<Problem>> {
  try {
    return (await response.json()) as Partial<Problem>;
  } catch {
    return { detail: `The server answered ${response.status}.` };
  }
}

const sessionPath = "/session";

export async function failureOf(response: Response): Promise<ApiError> {
  if (response.status === 401 && !response.url.endsWith(sessionPath)) sessionEnded();
  return new ApiError(response.status, await problemOf(response));
}

export type Options = { headers?: Record<string, string>; keepalive?: boolean };

async function send(method: string, path: string, body: unknown, { headers, keepalive = false }: Options): Promise<Response> {
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: headersOf(method, headers),
      keepalive,
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, { detail: "The server does not answer.", hint: "What you typed is still here; try again in a moment." });
  }
}

// Whether the same person signed in anew in another tab, so that this one holds the token of a session that is gone.
async function tokenWasStale(response: Response): Promise<boolean> {
  const problem = await problemOf(response.clone());
  if (!problem.detail?.includes("X-CSRF-Token")) return false;
  const renewed = await send("GET", sessionPath, undefined, {});
  if (!renewed.ok) return false;
  rememberCsrfToken(((await renewed.json()) as Session).csrf_token);
  return true;
}

async function call<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<T> {
  let response = await send(method, path, body, options);
  if (response.status === 403 && method !== "GET" && (await tokenWasStale(response))) response = await send(method, path, body, options);
  if (!response.ok) throw await failureOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

// With the tag of what was read, to be sent back as If-Match with a change.
async function tagged<T>(path: string): Promise<{ value: T; tag: string | null }> {
  const response = await send("GET", path, undefined, {});
  if (!response.ok) throw await failureOf(response);
  return { value: (await response.json()) as T, tag: response.headers.get("ETag") };
}

export function ifMatch(tag: string | null | undefined): Options {
  return tag ? { headers: { "If-Match": tag } } : {};
}

// A list that is shown whole, page after page, with the tag of its first page: what changes while the others are read
// makes a change that names the tag be refused.
async function allTagged<T>(path: string): Promise<{ items: T[]; tag: string | null }> {
  const { value, tag } = await tagged<List<T>>(path);
  const { items } = value;
  for (let cursor = value.next_cursor; cursor !== null; ) {
    const page: List<T> = await call<List<T>>("GET", `${path}?cursor=${encodeURIComponent(cursor)}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return { items, tag };
}

async function all<T>(path: string): Promise<T[]> {
  return (await allTagged<T>(path)).items;
}

// Whether somebody else was quicker (If-Match).
export function isOvertaken(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

export const api = {
  tagged,
  allTagged,
  all,
  get: <T>(path: string) => call<T>("GET", path),
  post: <T>(path: string, body: unknown = {}, options?: Options) => call<T>("POST", path, body, options),
  put: <T>(path: string, body: unknown, options?: Options) => call<T>("PUT", path, body, options),
  remove: (path: string) => call<void>("DELETE", path),
};

export type List<T> = { items: T[]; next_cursor: string | null };
