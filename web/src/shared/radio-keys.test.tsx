import { act, useState } from "react";
import { beforeEach, expect, it } from "vitest";
import { chooseByArrows } from "./radio-keys";
import { rendering } from "./rendering";

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

const page = rendering();
beforeEach(() => page.render(<Choice />));

const chosen = () => page.box().querySelector("[aria-checked=true]")?.textContent;
function press(key: string, more: KeyboardEventInit = {}) {
  act(() => {
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  });
}

it("arrows choose and focus the next one, round the ends, without those that cannot be chosen", () => {
  page.box().querySelectorAll("button")[0]?.focus();
  press("ArrowRight");
  expect([chosen(), document.activeElement?.textContent]).toEqual(["b", "b"]);
  press("ArrowDown");
  expect(chosen()).toBe("a");
  press("ArrowLeft");
  expect(chosen()).toBe("b");
});

it("other keys, and arrows with a modifier or in a text field, choose nothing", () => {
  page.box().querySelectorAll("button")[0]?.focus();
  press("x");
  press("ArrowRight", { altKey: true });
  page.box().querySelector("input")?.focus();
  press("ArrowRight");
  expect(chosen()).toBe("b");
});
