// The program under test: its commands, its server on a free port, and a client of its interface.
import { execFileSync, spawn } from "node:child_process";

export const password = "a long enough password";

export function command(program, ...words) {
  return execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

export async function serve(program, workspace, port = 0) {
  const child = spawn(program, ["serve", "--workspace", workspace, "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const address = await new Promise((resolve, reject) => {
    const look = (piece) => {
      output += piece;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`the server said no address within 60 s:\n${output}`)), 60_000).unref();
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(timer);
  };
  return { address, stop, output: () => output };
}

// A server that can go away and come back at the same address, as after a power cut.
export async function restartable(program, workspace) {
  let server = await serve(program, workspace);
  let earlier = "";
  return {
    address: server.address,
    stop: () => server.stop(),
    start: async () => {
      earlier += server.output();
      server = await serve(program, workspace, new URL(server.address).port);
    },
    output: () => earlier + server.output(),
  };
}

// Speaks to the interface as one person.
export async function signIn(address, login) {
  let cookie = "";
  let csrf = "";
  const call = async (method, path, body) => {
    const headers = { "Content-Type": "application/json", Cookie: cookie, "X-CSRF-Token": csrf };
    const response = await fetch(`${address}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} → ${response.status} ${text}`);
    const set = response.headers.get("set-cookie");
    if (set) cookie = set.split(";")[0];
    return text === "" ? null : JSON.parse(text);
  };
  csrf = (await call("POST", "/session", { login, password })).csrf_token;
  return {
    get: (path) => call("GET", path),
    post: (path, body = {}) => call("POST", path, body),
    put: (path, body) => call("PUT", path, body),
  };
}
