// The code that an answer holds, as its fences name it.
import type { CodeLanguage } from "../../api/types";

const fences: Record<string, CodeLanguage> = {
  python: "python",
  python3: "python",
  py: "python",
  cpp: "cpp",
  "c++": "cpp",
  cxx: "cpp",
  cc: "cpp",
  javascript: "javascript",
  js: "javascript",
  node: "javascript",
  mjs: "javascript",
  bash: "shell",
  sh: "shell",
  shell: "shell",
};

export type CodeBlock = { language: CodeLanguage | null; code: string };

export function codeBlocks(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { mark: string; language: CodeLanguage | null; lines: string[] } | null = null;
  for (const line of text.split(/\r?\n/u)) {
    const fence = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/u.exec(line);
    if (open) {
      if (fence?.[1]?.startsWith(open.mark) && fence[2] === "") {
        blocks.push({ language: open.language, code: open.lines.join("\n") });
        open = null;
      } else open.lines.push(line);
    } else if (fence?.[1]) {
      open = { mark: fence[1], language: fences[(fence[2] ?? "").toLowerCase()] ?? null, lines: [] };
    }
  }
  // An answer that was cut off in its code.
  if (open && open.lines.length > 0) blocks.push({ language: open.language, code: open.lines.join("\n") });
  return blocks.filter((block) => block.code.trim() !== "");
}
