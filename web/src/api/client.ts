// One way to talk to the server: JSON, the session's cookie, its CSRF token on every write, errors in its own words.
import type { Problem } from "./types";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    super([problem.detail, problem.hint].filter(Boolean).join(" ") || `The server answered ${status}.`);
  }
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

export async function failureOf(response: Response): Promise<ApiError> {
  return new ApiError(response.status, await problemOf(response));
}

async function call<T>(method: string, path: string, body?: unknown, extra?: Record<string, string>): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: headersOf(method, extra),
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, { detail: "The server does not answer.", hint: "What you typed is still here; try again in a moment." });
  }
  if (!response.ok) throw await failureOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const api = {
  get: <T>(path: string) => call<T>("GET", path),
  post: <T>(path: string, body: unknown = {}, extra?: Record<string, string>) => call<T>("POST", path, body, extra),
  put: <T>(path: string, body: unknown) => call<T>("PUT", path, body),
  remove: (path: string) => call<void>("DELETE", path),
};

export type List<T> = { items: T[]; next_cursor: string | null };
