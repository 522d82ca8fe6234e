import { Button, Group } from "@mantine/core";
import { useState } from "react";
import type { HandedTask } from "../../api/types";
import { CalculatorPanel } from "./calculator-panel";
import { CodePanel } from "./code-panel";

type Open = "none" | "code" | "calculator";

// What helps to check an answer; all of it is kept with the judgment.
export function Tools({ task }: { task: HandedTask }) {
  const [open, setOpen] = useState<Open>("none");
  const toggle = (panel: Open) => setOpen((before) => (before === panel ? "none" : panel));
  return (
    <section aria-label="Tools">
      <Group gap="sm" mb={open === "none" ? 0 : "sm"}>
        <Button size="xs" variant={open === "code" ? "light" : "default"} aria-expanded={open === "code"} onClick={() => toggle("code")}>Run code</Button>
        <Button size="xs" variant={open === "calculator" ? "light" : "default"} aria-expanded={open === "calculator"} onClick={() => toggle("calculator")}>Calculator</Button>
      </Group>
      {open === "code" ? <CodePanel task={task} /> : null}
      {open === "calculator" ? <CalculatorPanel task={task.id} /> : null}
    </section>
  );
}
