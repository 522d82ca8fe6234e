import { Badge, Button, Group, Menu, Text } from "@mantine/core";
import type { TaskResponse } from "../../api/types";
import { flagNames, toggledFlag, type FlagName, type Work } from "./work";

function FlagMenu({ chosen, toggle }: { chosen: FlagName[]; toggle: (flag: FlagName) => void }) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <Button size="compact-xs" variant={chosen.length > 0 ? "light" : "subtle"} color={chosen.length > 0 ? "red" : "gray"}>
          Flag{chosen.length > 0 ? ` (${chosen.length})` : ""}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {flagNames.map(({ flag, label }) => (
          <Menu.Item key={flag} role="menuitemcheckbox" aria-checked={chosen.includes(flag)} onClick={() => toggle(flag)}
            leftSection={<span aria-hidden>{chosen.includes(flag) ? "✓" : "\u2003"}</span>}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

type Props = {
  response: TaskResponse;
  label: string;
  chosen?: boolean;
  work: Work;
  change: (update: (before: Work) => Work) => void;
};

export function Answer({ response, label, chosen = false, work, change }: Props) {
  const flags = work.flags.filter((entry) => entry.response_id === response.id).map((entry) => entry.flag);
  return (
    <article className={chosen ? "answer answer-chosen" : "answer"} aria-label={label}>
      <Group justify="space-between" mb={8}>
        <Text fw={600} size="sm">
          {label}
          {chosen ? (
            <Badge ml={8} size="sm">
              better
            </Badge>
          ) : null}
        </Text>
        <FlagMenu chosen={flags} toggle={(flag) => change((before) => toggledFlag(before, response.id, flag))} />
      </Group>
      <div className="text" dir="auto">
        {response.text || <Text c="dimmed" fs="italic" component="span">The model wrote nothing.</Text>}
      </div>
    </article>
  );
}
