import { NumberInput, Switch, Text } from "@mantine/core";
import type { Project } from "../../api/types";
import { Section } from "../../shared/section";
import { TableScroll } from "../../shared/table-scroll";
import { policyProblems, policySettings, type PolicyForm } from "./policy";
import { PolicyRow } from "./policy-row";
import { at, problemsOf, type Problems } from "./problems";
import { SettingsForm } from "./settings-form";
import { useSettings } from "./use-settings";

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

export function PolicySection({ project }: { project: Project }) {
  const policy = useSettings(project, policySettings);
  const own = policyProblems(policy.form);
  const problems = { ...problemsOf(policy.error), ...own };
  return (
    <Section title="How work is handed out">
      <Text size="sm" c="dimmed" mb="sm" maw={720}>
        A task is done when enough people have judged it. Where a kind is reviewed, a second person looks at all of a newcomer’s first judgments and then at a share of the others, drawn by lot.
      </Text>
      <SettingsForm settings={policy} own={own} saved="Saved. New tasks follow it.">
        <KindTable form={policy.form} change={policy.change} problems={problems} />
        <div className="card stack">
          <NumberInput label="Somebody adjudicates when agreement is below" description="Of the judgments of one task. 0 is off." w="100%" maw={440} suffix=" %" hideControls clampBehavior="none"
            value={policy.form.adjudicate} onChange={(adjudicate) => policy.change({ ...policy.form, adjudicate })} error={at(problems, "/adjudicate_below")} />
          <Switch label="Ask people for consent before they are handed hazardous work" description="Work with a hazard then goes only to those who consented to it, under “What you are handed”."
            checked={policy.form.consent} onChange={(event) => policy.change({ ...policy.form, consent: event.currentTarget.checked })} error={at(problems, "/hazard_consent")} />
        </div>
      </SettingsForm>
    </Section>
  );
}
