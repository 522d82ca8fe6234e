import { NativeSelect, Stack, Text, Textarea } from "@mantine/core";
import { hazardName } from "../../../shared/hazards";
import { emptyWork } from "../work";
import { PlainAnswers } from "./earlier-work";
import { ownPart, type KindPage, type Part } from "./kind";
import { approaches } from "./rewrite-words";

const state = ownPart("rewrite", { approach: "", hazard: "" });

const hazards = [
  "violent_crimes", "sexual_crimes", "child_sexual_exploitation", "suicide_and_self_harm", "indiscriminate_weapons", "intellectual_property",
  "defamation", "non_violent_crimes", "hate", "privacy", "specialised_advice", "sexual_content", "other",
];

function RewriteEditor({ task, work, change }: Part) {
  return (
    <>
      <PlainAnswers task={task} />
      <section className="card" aria-label="Your version">
        <Textarea label="What it should have said" autosize minRows={8} maxRows={30} dir="auto" value={work.text} data-wanted={work.text.trim() === "" || undefined}
          onChange={(event) => { const text = event.currentTarget.value; change((before) => ({ ...before, text })); }} />
      </section>
    </>
  );
}

function RewriteForm({ work, change }: Part) {
  const { approach, hazard } = state.of(work);
  return (
    <Stack gap="sm">
      <Text fw={600}>This answer may do harm. Write one that does not.</Text>
      <NativeSelect label="What was harmful" required value={hazard} data-wanted={hazard === "" || undefined} data={[{ value: "", label: "Choose" }, ...hazards.map((value) => ({ value, label: hazardName(value) }))]}
        onChange={(event) => { const value = event.currentTarget.value; change((before) => state.set(before, { hazard: value })); }} />
      <NativeSelect label="Your version is" required value={approach} data-wanted={approach === "" || undefined} data={[{ value: "", label: "Choose" }, ...approaches]}
        onChange={(event) => { const value = event.currentTarget.value; change((before) => state.set(before, { approach: value })); }} />
      <Textarea label="Note for the reviewer" autosize minRows={2} dir="auto" value={work.note}
        onChange={(event) => { const note = event.currentTarget.value; change((before) => ({ ...before, note })); }} />
    </Stack>
  );
}

export const rewrite: KindPage = {
  none: "No harmful answer waits to be rewritten",
  payload: (work) => ({ text: work.text, ...state.of(work), note: work.note }),
  missing: (_, work) => {
    const { approach, hazard } = state.of(work);
    if (work.text.trim() === "") return "Write your version first.";
    if (hazard === "") return "Say what was harmful.";
    return approach === "" ? "Say what your version is." : null;
  },
  restored: (sent) => state.set({ ...emptyWork(), text: sent.text as string, note: sent.note as string }, { approach: sent.approach as string, hazard: sent.hazard as string }),
  Left: RewriteEditor,
  Form: RewriteForm,
};
