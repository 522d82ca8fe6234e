import { Stack, Text, Textarea } from "@mantine/core";
import { emptyWork, type Work } from "../work";
import { innerWork, questioned } from "./earlier-work";
import { InnerForm, InnerLeft } from "./inner-form";
import { ownPart, type KindPage, type Part } from "./kind";
import { kindPages } from "./table";

const state = ownPart<{ decided: Work | null; why: string }>("adjudicate", { decided: null, why: "" });

function innerPart(task: Part["task"], work: Work, change: Part["change"]): Pick<Part, "work" | "change"> {
  const { restored } = kindPages[questioned(task).kind];
  return {
    work: innerWork(state.of(work).decided, task, restored),
    change: (update) => change((before) => state.set(before, { decided: update(innerWork(state.of(before).decided, task, restored)) })),
  };
}

function AdjudicateLeft({ project, task, work, change }: Part) {
  return <InnerLeft project={project} task={task} open {...innerPart(task, work, change)} />;
}

function AdjudicateForm({ project, task, work, change }: Part) {
  const { why } = state.of(work);
  return (
    <Stack gap="sm">
      <Text fw={600}>These judgments disagree. Which one stands?</Text>
      <InnerForm project={project} task={task} {...innerPart(task, work, change)} />
      <Textarea label="Why this decides it" autosize minRows={2} dir="auto" required value={why} data-wanted={why.trim() === "" || undefined}
        onChange={(event) => { const text = event.currentTarget.value; change((before) => state.set(before, { why: text })); }} />
    </Stack>
  );
}

export const adjudicate: KindPage = {
  none: "No disagreement waits to be settled",
  payload: (work, task) => {
    const inner = kindPages[questioned(task).kind];
    const { decided, why } = state.of(work);
    return { payload: inner.payload(decided ?? emptyWork(), questioned(task)), reason: why };
  },
  missing: (task, work) => {
    const { decided, why } = state.of(work);
    const obstacle = kindPages[questioned(task).kind].missing(questioned(task), decided ?? emptyWork());
    return obstacle ?? (why.trim() === "" ? "Say what decides it." : null);
  },
  restored: () => emptyWork(),
  Left: AdjudicateLeft,
  Form: AdjudicateForm,
};
