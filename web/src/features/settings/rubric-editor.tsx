import { Alert, Button, Group, Text } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { BeginFrom } from "./begin-from";
import { CriterionFields } from "./criterion-fields";
import { DimensionFields } from "./dimension-fields";
import { EntryList } from "./entry-list";
import { count, problemsOf } from "./problems";
import { replaced, withCriterion, withDimension, type RubricDraft } from "./rubric";
import { rubricProblems } from "./rubric-problems";
import { RubricView } from "./rubric-view";
import type { Editing, useRubricEditor } from "./use-rubric-editor";

type Editor = ReturnType<typeof useRubricEditor>;

function others(list: { id: number; key: string }[], id: number): string[] {
  return list.filter((entry) => entry.id !== id).map(({ key }) => key);
}

// Fields are marked from the first try to save on, so that a form that has just been begun is not all red.
export function RubricEditor({ editor, editing }: { editor: Editor; editing: Editing }) {
  const [tried, setTried] = useState(false);
  const { draft, theirs } = editing;
  const own = rubricProblems(draft);
  const problems = { ...problemsOf(editor.save.error), ...(tried ? own : {}) };
  const change = (part: Partial<RubricDraft>) => editor.change({ ...draft, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (count(own) === 0) editor.save.mutate(editing);
  };
  return (
    <form onSubmit={submit} noValidate>
      <fieldset className="plain-fields stack" disabled={editor.save.isPending}>
        <BeginFrom current={editing.base} draft={draft} change={editor.change} />
        <EntryList title="Dimensions" what="dimension" list={draft.dimensions} next={draft.next} problem={problems["/dimensions"]} add={() => editor.change(withDimension(draft))} change={(dimensions) => change({ dimensions })}
          fields={(dimension, place, fresh) => (
            <DimensionFields dimension={dimension} where={`/dimensions/${place}`} others={others(draft.dimensions, dimension.id)} fresh={fresh} problems={problems} change={(next) => change({ dimensions: replaced(draft.dimensions, next) })} />
          )} />
        <EntryList title="Criteria" what="criterion" list={draft.criteria} next={draft.next} problem={problems["/criteria"]} add={() => editor.change(withCriterion(draft))} change={(criteria) => change({ criteria })}
          fields={(criterion, place, fresh) => (
            <CriterionFields criterion={criterion} where={`/criteria/${place}`} others={others(draft.criteria, criterion.id)} fresh={fresh} problems={problems} change={(next) => change({ criteria: replaced(draft.criteria, next) })} />
          )} />
        <Text size="sm" c="dimmed">A weight below 0 is for what an answer should not do. Keys keep the scores of one version comparable with the next: leave those in use as they are.</Text>
        {theirs ? (
          <Alert color="yellow" role="alert" title={`Version ${theirs.version} was saved in the meantime`}>
            Nothing is overwritten. It stands below what you wrote; take over what belongs together, then save again.
          </Alert>
        ) : editor.save.isError ? (
          <Alert color="red" role="alert" title="Not saved">{editor.save.error.message}</Alert>
        ) : null}
        {tried && count(own) > 0 ? <Alert color="red" role="alert">What is wrong stands beside its field.</Alert> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={editor.cancel}>{editor.changed ? "Discard" : "Cancel"}</Button>
          <Button type="submit" loading={editor.save.isPending} disabled={!editor.changed}>Save as a new version</Button>
        </Group>
        {theirs ? <RubricView rubric={theirs} /> : null}
      </fieldset>
    </form>
  );
}
