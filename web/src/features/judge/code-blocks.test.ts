import { describe, expect, it } from "vitest";
import { codeBlocks } from "./code-blocks";

describe("the code of an answer", () => {
  it("is found by its fences, with the language they name", () => {
    const text = "Try this:\n```python\nprint(1)\n```\nor\n~~~C++\nint main() {}\n~~~\n";
    expect(codeBlocks(text)).toEqual([
      { language: "python", code: "print(1)" },
      { language: "cpp", code: "int main() {}" },
    ]);
  });
  it("has no language when the fence names none that can be run", () => {
    expect(codeBlocks("```\nls\n```\n```haskell\nmain\n```")).toEqual([
      { language: null, code: "ls" },
      { language: null, code: "main" },
    ]);
  });
  it("goes to the end when the answer was cut off", () => {
    expect(codeBlocks("```sh\necho 1")).toEqual([{ language: "shell", code: "echo 1" }]);
  });
  it("keeps shorter fences inside longer ones", () => {
    expect(codeBlocks("````js\n```\n````")).toEqual([{ language: "javascript", code: "```" }]);
  });
  it("is nothing in plain words, and an empty block is none", () => {
    expect(codeBlocks("Just `words`.")).toEqual([]);
    expect(codeBlocks("```py\n\n```")).toEqual([]);
  });
});
