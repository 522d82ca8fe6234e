import { act, useState } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chooseByArrows } from "./radio-keys";

function Choice() {
  const [chosen, choose] = useState("b");
  return (
    <div role="radiogroup" onKeyDown={chooseByArrows}>
      {["a", "b", "c"].map((name) => (
        <button key={name} role="radio" aria-checked={name === chosen} disabled={name === "c"} onClick={() => choose(name)}>{name}</button>
      ))}
      <input />
    </div>
  );
}

let root: Root;
let box: HTMLDivElement;
beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  box = document.body.appendChild(document.createElement("div"));
  root = createRoot(box);
  act(() => root.render(<Choice />));
});
afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

const chosen = () => box.querySelector("[aria-checked=true]")?.textContent;
function press(key: string, more: KeyboardEventInit = {}) {
  act(() => {
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  });
}

it("arrows choose and focus the next one, round the ends, without those that cannot be chosen", () => {
  box.querySelectorAll("button")[0]?.focus();
  press("ArrowRight");
  expect([chosen(), document.activeElement?.textContent]).toEqual(["b", "b"]);
  press("ArrowDown");
  expect(chosen()).toBe("a");
  press("ArrowLeft");
  expect(chosen()).toBe("b");
});

it("other keys, and arrows with a modifier or in a text field, choose nothing", () => {
  box.querySelectorAll("button")[0]?.focus();
  press("x");
  press("ArrowRight", { altKey: true });
  box.querySelector("input")?.focus();
  press("ArrowRight");
  expect(chosen()).toBe("b");
});
