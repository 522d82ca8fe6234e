// Counts what passed. A check that throws has failed; the ones after it go on, since each says what it needs.
import { writeFileSync } from "node:fs";

export class Checks {
  passed = 0;
  failed = 0;
  failures = [];

  constructor(report) {
    this.report = report;
  }

  async check(name, body) {
    const begin = Date.now();
    try {
      await body();
      this.passed += 1;
      console.log(`ok      ${name} (${Date.now() - begin} ms)`);
    } catch (error) {
      this.failed += 1;
      const failure = `FAILED  ${name}\n        ${String(error.stack ?? error).split("\n").slice(0, 12).join("\n        ")}`;
      this.failures.push(failure);
      console.log(failure);
    }
    this.write();
  }

  write() {
    writeFileSync(this.report, `${JSON.stringify({ passed: this.passed, failed: this.failed })}\n`);
  }
}

export function expect(truth, what) {
  if (!truth) throw new Error(`expected: ${what}`);
}

export async function eventually(what, question, timeoutMs = 15_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`within ${timeoutMs / 1000} s expected: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
