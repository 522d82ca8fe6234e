import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useGlobalKeys } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { chooseByArrows } from "../../../shared/radio-keys";
import { isErased } from "../payload-view";
import { emptyWork, type Work } from "../work";
import { innerWork, questioned } from "./earlier-work";
import { InnerForm, InnerLeft } from "./inner-form";
import { ownPart, type KindPage, type Part } from "./kind";
import { kindPages } from "./table";

type Verdict = "none" | "accept" | "fix" | "return" | "reject";
const state = ownPart<{ verdict: Verdict; comment: string; clause: string; fixed: Work | null }>("review", { verdict: "none", comment: "", clause: "", fixed: null });

const verdicts: { verdict: Verdict; label: string; key: string }[] = [
  { verdict: "accept", label: "Accept", key: "a" },
  { verdict: "fix", label: "Fix it", key: "f" },
  { verdict: "return", label: "Return with a comment", key: "r" },
  { verdict: "reject", label: "Reject", key: "x" },
];

// The version of the reviewer, begun from the one that was sent.
function innerPart(task: Part["task"], work: Work, change: Part["change"]): Pick<Part, "work" | "change"> {
  const { restored } = kindPages[questioned(task).kind];
  return {
    work: innerWork(state.of(work).fixed, task, restored),
    change: (update) => change((before) => state.set(before, { fixed: update(innerWork(state.of(before).fixed, task, restored)) })),
  };
}

function ReviewLeft({ project, task, work, change }: Part) {
  return <InnerLeft project={project} task={task} open={state.of(work).verdict === "fix"} {...innerPart(task, work, change)} />;
}

function ReviewForm({ project, task, work, change }: Part) {
  const { verdict, comment, clause } = state.of(work);
  // Nobody is there any more to read a comment and send the work again.
  const open = verdicts.filter(({ verdict: one }) => one !== "return" || !isErased(task.earlier?.payload));
  const choose = (chosen: Verdict) => change((before) => state.set(before, { verdict: chosen }));
  const keys: Record<string, () => void> = {};
  // The keys of the form inside come first while it is open.
  if (verdict !== "fix") for (const { verdict: one, key } of open) keys[key] = () => choose(one);
  useGlobalKeys(keys);
  return (
    <Stack gap="sm">
      <Text fw={600}>Does this judgment keep to the guidelines?</Text>
      <Stack gap={6} role="radiogroup" onKeyDown={chooseByArrows} aria-label="Verdict">
        {open.map(({ verdict: one, label, key }) => (
          <Button key={one} role="radio" aria-checked={verdict === one} justify="space-between" variant={verdict === one ? "filled" : "default"}
            rightSection={verdict === "fix" ? null : <KeyHint label={key} />} onClick={() => choose(one)}>
            {label}
          </Button>
        ))}
      </Stack>
      {verdict === "reject" ? (
        <Textarea label="Which instruction is broken?" description="Cite it from the guidelines; the person reads it and can appeal." autosize minRows={2} dir="auto" required
          value={clause} data-wanted={clause.trim() === "" || undefined} onChange={(event) => { const text = event.currentTarget.value; change((before) => state.set(before, { clause: text })); }} />
      ) : null}
      {verdict !== "none" ? (
        <Textarea label="Comment for the person" autosize minRows={2} dir="auto" required={verdict === "return"}
          value={comment} data-wanted={(verdict === "return" && comment.trim() === "") || undefined} onChange={(event) => { const text = event.currentTarget.value; change((before) => state.set(before, { comment: text })); }} />
      ) : null}
      {verdict === "fix" ? (
        <InnerForm project={project} task={task} {...innerPart(task, work, change)} />
      ) : null}
    </Stack>
  );
}

export const review: KindPage = {
  none: "No judgment waits for review",
  payload: (work, task) => {
    const { verdict, comment, clause, fixed } = state.of(work);
    const sent = { judgment_id: task.earlier?.judgment_id ?? 0, verdict, comment, clause: verdict === "reject" ? clause : "" };
    const inner = kindPages[questioned(task).kind];
    return verdict === "fix" ? { ...sent, payload: inner.payload(innerWork(fixed, task, inner.restored), questioned(task)) } : sent;
  },
  missing: (task, work) => {
    const { verdict, comment, clause, fixed } = state.of(work);
    if (verdict === "none") return "Choose a verdict.";
    if (verdict === "return" && comment.trim() === "") return "Say what the person should change.";
    if (verdict === "reject" && clause.trim() === "") return "Cite the instruction that is broken.";
    if (verdict !== "fix") return null;
    const inner = kindPages[questioned(task).kind];
    return fixed ? inner.missing(questioned(task), fixed) : "Change what is wrong, or accept it.";
  },
  restored: () => emptyWork(),
  Left: ReviewLeft,
  Form: ReviewForm,
};
