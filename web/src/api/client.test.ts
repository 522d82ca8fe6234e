import { afterEach, expect, test, vi } from "vitest";
import { api, ifMatch } from "./client";

const answer = (body: unknown, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status: 200, headers });

afterEach(() => vi.unstubAllGlobals());

test("a list that is shown whole is asked for until no cursor is left", async () => {
  const asked: string[] = [];
  const pages = [answer({ items: [1, 2], next_cursor: "a b" }), answer({ items: [3], next_cursor: null })];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return pages.shift();
  });
  expect(await api.all<number>("/tokens")).toEqual([1, 2, 3]);
  expect(asked).toEqual(["/api/v1/tokens", "/api/v1/tokens?cursor=a%20b"]);
});

test("the tag of what was read goes back with the change", async () => {
  const sent: Record<string, string>[] = [];
  vi.stubGlobal("fetch", async (_: string, options: { headers: Record<string, string> }) => {
    sent.push(options.headers);
    return answer({ items: [] }, { ETag: '"7"' });
  });
  const { tag } = await api.tagged("/projects/1/guidelines");
  await api.post("/projects/1/guidelines", { markdown: "#" }, ifMatch(tag));
  expect(sent.map((headers) => headers["If-Match"])).toEqual([undefined, '"7"']);
});
