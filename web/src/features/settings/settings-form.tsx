import { Alert, Button, Group, Text } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { count, type Problems } from "./problems";
import { Overtaken } from "./use-settings";

type Saving = { changed: boolean; undo: () => void; save: () => void; saving: boolean; saved: boolean; error: Error | null };
type Props = { settings: Saving; own: Problems; saved: string; children: ReactNode };

function Refused({ error }: { error: Error }) {
  if (error instanceof Overtaken)
    return (
      <Alert color="yellow" role="alert" title="Somebody else changed these settings in the meantime">
        Nothing is overwritten. Save again to put yours in place of theirs, or undo your changes to see theirs.
      </Alert>
    );
  return <Alert color="red" role="alert" title="Not saved">{error.message}</Alert>;
}

// What is common to the forms of a project's settings: nothing is sent while something of one's own is wrong.
export function SettingsForm({ settings, own, saved, children }: Props) {
  const [tried, setTried] = useState(false);
  const wrong = count(own) > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(wrong);
    if (!wrong) settings.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <fieldset className="plain-fields stack" disabled={settings.saving}>
        {children}
        {settings.error ? <Refused error={settings.error} /> : null}
        {tried && wrong ? <Alert color="red" role="alert">What is wrong stands beside its field.</Alert> : null}
        <Group justify="flex-end" gap="sm">
          <Text size="sm" c="dimmed" role="status">
            {settings.changed ? "Not saved yet" : settings.saved ? saved : ""}
          </Text>
          {settings.changed ? <Button variant="default" onClick={settings.undo}>Undo changes</Button> : null}
          <Button type="submit" loading={settings.saving} disabled={!settings.changed}>Save</Button>
        </Group>
      </fieldset>
    </form>
  );
}
