import { expect, it, vi } from "vitest";
import { isTyping, keyName, onSubmitKey, useGlobalKeys } from "./global-keys";
import { rendering } from "./rendering";

function Keys({ handlers }: { handlers: Record<string, () => void | boolean> }) {
  useGlobalKeys(handlers);
  return (
    <>
      <textarea />
      <input type="radio" />
    </>
  );
}

const page = rendering();

function show(handlers: Record<string, () => void | boolean>) {
  page.render(<Keys handlers={handlers} />);
}

function press(target: Element, key: string, more: KeyboardEventInit = {}): boolean {
  return target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

it("a digit chooses outside text and is only typed inside it", () => {
  const choose = vi.fn();
  show({ "1": choose });
  press(document.body, "1");
  press(page.box().querySelector("textarea")!, "1");
  expect(choose).toHaveBeenCalledTimes(1);
});

it("Ctrl+Enter sends also from inside text", () => {
  const submit = vi.fn();
  show({ submit });
  press(page.box().querySelector("textarea")!, "Enter", { ctrlKey: true });
  expect(submit).toHaveBeenCalledTimes(1);
});

it("Escape leaves the text", () => {
  show({});
  const field = page.box().querySelector("textarea")!;
  field.focus();
  press(field, "Escape");
  expect(document.activeElement).toBe(document.body);
});

it("a key that was answered does nothing else, one that was refused goes on to the browser", () => {
  show({ n: () => undefined, Enter: () => false });
  expect(press(document.body, "n")).toBe(false);
  expect(press(document.body, "Enter")).toBe(true);
});

it("keys with Ctrl or Alt are the browser's", () => {
  const key = { ctrlKey: false, metaKey: false, altKey: false };
  expect(keyName({ ...key, key: "W", ctrlKey: true })).toBeNull();
  expect(keyName({ ...key, key: "1", altKey: true })).toBeNull();
  expect(keyName({ ...key, key: "Q" })).toBe("q");
});

it("radio buttons are not typed in, text fields are", () => {
  show({});
  expect(isTyping(page.box().querySelector("input"))).toBe(false);
  expect(isTyping(page.box().querySelector("textarea"))).toBe(true);
  expect(isTyping(null)).toBe(false);
});

it("a panel keeps Ctrl+Enter for itself", () => {
  const send = vi.fn();
  const run = vi.fn();
  function Panel() {
    useGlobalKeys({ submit: send });
    return <textarea onKeyDown={onSubmitKey(run)} />;
  }
  page.render(<Panel />);
  const field = page.box().querySelector("textarea")!;
  press(field, "Enter", { ctrlKey: true });
  expect(run).toHaveBeenCalledTimes(1);
  press(field, "x", { ctrlKey: true });
  expect(run).toHaveBeenCalledTimes(1);
  expect(send).not.toHaveBeenCalled();
});
