import { NumberInput, TagsInput, Text, TextInput } from "@mantine/core";
import type { Project } from "../../api/types";
import { Section } from "../../shared/section";
import { languageName } from "../../shared/words";
import type { Typed } from "./policy";
import { at, problemsOf, type Problems } from "./problems";
import { projectProblems, projectSettings, type ProjectForm } from "./project-form";
import { SettingsForm } from "./settings-form";
import { useSettings } from "./use-settings";

type FieldsProps = { form: ProjectForm; change: (form: ProjectForm) => void; problems: Problems };

function AboutFields({ form, change, problems }: FieldsProps) {
  const named = form.languages.map(languageName).join(", ");
  return (
    <div className="card">
      <div className="form-pairs">
        <TextInput label="Name" description="As everybody in it sees it." dir="auto" maxLength={200} value={form.name} onChange={(event) => change({ ...form, name: event.currentTarget.value })} error={at(problems, "/name")} />
        <TagsInput label="Languages" description={`Tags, such as en, de or ar-EG. Now: ${named || "none"}.`} clearable={false} maxTags={100}
          value={form.languages} onChange={(languages) => change({ ...form, languages })} error={at(problems, "/languages")} />
        <TagsInput label="Domains" description="What prompts are about. People can be limited to some of them." dir="auto" clearable={false} maxTags={200}
          value={form.domains} onChange={(domains) => change({ ...form, domains })} error={at(problems, "/domains")} />
      </div>
    </div>
  );
}

type FigureProps = { label: string; about: string; suffix?: string; value: Typed; change: (value: Typed) => void; error: string | undefined };

function Figure({ label, about, suffix, value, change, error }: FigureProps) {
  return <NumberInput label={label} description={about} suffix={suffix ?? ""} hideControls clampBehavior="none" value={value} onChange={change} error={error} />;
}

function WatchFields({ form, change, problems }: FieldsProps) {
  return (
    <div className="card stack">
      <Text size="sm" c="dimmed" maw={640}>
        Check questions have an answer that is known. Somebody whose answers to them look more like a careless judge’s than a good one’s is paused, until a lead has looked.
      </Text>
      <div className="form-pairs">
        <Figure label="Check questions among the tasks" about="0 is off." suffix=" %" value={form.rate} change={(rate) => change({ ...form, rate })} error={at(problems, "/gold_watch/rate")} />
        <Figure label="A good judge gets right" about="Of the check questions." suffix=" %" value={form.good} change={(good) => change({ ...form, good })} error={at(problems, "/gold_watch/good")} />
        <Figure label="A careless judge gets right" about="Less than a good one." suffix=" %" value={form.bad} change={(bad) => change({ ...form, bad })} error={at(problems, "/gold_watch/bad")} />
        <Figure label="Pause at a watch of" about="Lower pauses sooner, and more often by mistake. Usual: 9." value={form.threshold} change={(threshold) => change({ ...form, threshold })} error={at(problems, "/gold_watch/threshold") ?? problems["/gold_watch"]} />
      </div>
    </div>
  );
}

export function ProjectSection({ project }: { project: Project }) {
  const settings = useSettings(project, projectSettings);
  const own = projectProblems(settings.form);
  const fields = { form: settings.form, change: settings.change, problems: { ...problemsOf(settings.error), ...own } };
  return (
    <Section title="The project">
      <SettingsForm settings={settings} own={own} saved="Saved.">
        <AboutFields {...fields} />
        <WatchFields {...fields} />
      </SettingsForm>
    </Section>
  );
}
