import { Alert, Button, Group, NumberInput, Switch, Text } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { Project } from "../../api/types";
import { Section } from "../../shared/section";
import { TableScroll } from "../../shared/table-scroll";
import { policyProblems, type PolicyForm } from "./policy";
import { PolicyRow } from "./policy-row";
import { at, count, problemsOf, type Problems } from "./problems";
import { Overtaken, usePolicy } from "./use-policy";

type TableProps = { form: PolicyForm; change: (form: PolicyForm) => void; problems: Problems };

function KindTable({ form, change, problems }: TableProps) {
  return (
    <TableScroll label="Each kind of work">
      <table className="figures figures-stacked policy-table">
        <thead>
          <tr>
            {["Kind of work", "People for each task", "Reviewed", "All of a newcomer’s first", "Then of the others"].map((title) => (
              <th key={title} scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Object.entries(form.kinds).map(([kind, rule]) => (
            <PolicyRow key={kind} kind={kind} rule={rule} problems={problems} change={(next) => change({ ...form, kinds: { ...form.kinds, [kind]: next } })} />
          ))}
        </tbody>
      </table>
    </TableScroll>
  );
}

function Refused({ error }: { error: Error }) {
  if (error instanceof Overtaken)
    return (
      <Alert color="yellow" role="alert" title="Somebody else changed these settings in the meantime">
        Nothing is overwritten. Save again to put yours in place of theirs, or undo your changes to see theirs.
      </Alert>
    );
  return <Alert color="red" role="alert" title="Not saved">{error.message}</Alert>;
}

export function PolicySection({ project }: { project: Project }) {
  const policy = usePolicy(project);
  const [tried, setTried] = useState(false);
  const own = policyProblems(policy.form);
  const problems = { ...problemsOf(policy.error), ...own };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(count(own) > 0);
    if (count(own) === 0) policy.save();
  };
  return (
    <Section title="How work is handed out">
      <Text size="sm" c="dimmed" mb="sm" maw={720}>
        A task is done when enough people have judged it. Where a kind is reviewed, a second person looks at all of a newcomer’s first judgments and then at a share of the others, drawn by lot.
      </Text>
      <form onSubmit={submit} noValidate>
        <fieldset className="plain-fields stack" disabled={policy.saving}>
          <KindTable form={policy.form} change={policy.change} problems={problems} />
          <div className="card stack">
            <NumberInput label="Somebody adjudicates when agreement is below" description="Of the judgments of one task. 0 is off." w="100%" maw={440} suffix=" %" hideControls clampBehavior="none"
              value={policy.form.adjudicate} onChange={(adjudicate) => policy.change({ ...policy.form, adjudicate })} error={at(problems, "/adjudicate_below")} />
            <Switch label="Ask people for consent before they are handed hazardous work" description="Work with a hazard then goes only to those who consented to it, under “What you are handed”."
              checked={policy.form.consent} onChange={(event) => policy.change({ ...policy.form, consent: event.currentTarget.checked })} error={at(problems, "/hazard_consent")} />
          </div>
          {policy.error ? <Refused error={policy.error} /> : null}
          {tried && count(own) > 0 ? <Alert color="red" role="alert">What is wrong stands beside its field.</Alert> : null}
          <Group justify="flex-end" gap="sm">
            <Text size="sm" c="dimmed" role="status">
              {policy.changed ? "Not saved yet" : policy.saved ? "Saved. New tasks follow it." : ""}
            </Text>
            {policy.changed ? <Button variant="default" onClick={policy.undo}>Undo changes</Button> : null}
            <Button type="submit" loading={policy.saving} disabled={!policy.changed}>Save</Button>
          </Group>
        </fieldset>
      </form>
    </Section>
  );
}
