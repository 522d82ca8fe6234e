import { expect, it } from "vitest";
import { EventParser, eventsOf } from "./event-stream";

it("an event may arrive in pieces, even within a word", () => {
  const parser = new EventParser();
  expect(parser.push('data: {"del')).toEqual([]);
  expect(parser.push('ta":"Hi"}\n')).toEqual([]);
  expect(parser.push("\n")).toEqual([{ event: "message", data: '{"delta":"Hi"}' }]);
});

it("several events in one piece come one by one, with their names", () => {
  const events = new EventParser().push("event: job\ndata: 1\n\nevent: round\ndata: 2\n\n");
  expect(events).toEqual([
    { event: "job", data: "1" },
    { event: "round", data: "2" },
  ]);
});

it("comments that keep the stream open are no events", () => {
  expect(new EventParser().push(": still here\n\n")).toEqual([]);
});

it("lines of data belong together, and a single space after the colon is dropped", () => {
  expect(new EventParser().push("data: a\ndata:  b\n\n")).toEqual([{ event: "message", data: "a\n b" }]);
});

it("line ends of either kind are understood", () => {
  expect(new EventParser().push("event: task\r\ndata: x\r\n\r\n")).toEqual([{ event: "task", data: "x" }]);
});

it("a letter of several bytes cut in two stays whole", async () => {
  const bytes = new TextEncoder().encode("data: Größe\n\n");
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice(0, 9));
      controller.enqueue(bytes.slice(9));
      controller.close();
    },
  });
  const seen: string[] = [];
  for await (const event of eventsOf(new Response(body))) seen.push(event.data);
  expect(seen).toEqual(["Größe"]);
});
