import { expect, it } from "vitest";
import { readEvent } from "./use-chat";

it("an event of a chat adds text, ends it or says what failed", () => {
  expect(readEvent('{"delta":"Hi","done":false}')).toEqual({ delta: "Hi", error: null });
  expect(readEvent('{"delta":null,"done":true,"finish":"stop","tokens":3}')).toEqual({ delta: "", error: null });
  expect(readEvent('{"delta":null,"done":true,"error":"The model is gone"}')).toEqual({ delta: "", error: "The model is gone" });
});
