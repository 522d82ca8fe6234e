import { Button, Drawer, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { atLeast } from "../../api/session";
import type { Project } from "../../api/types";
import { FitForm } from "../../shared/fit-form";
import { judging, reviewing } from "../../shared/kinds";

// Everybody's own choice of work. An administrator who is no member has none.
export function FitButton({ project, changed }: { project: Project; changed: () => void }) {
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  const saved = () => {
    close();
    void client.invalidateQueries({ queryKey: ["progress", project.id] });
    changed();
  };
  if (project.role === null) return null;
  const kinds = atLeast(project.role, "reviewer") ? [...judging, ...reviewing] : judging;
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        What you are handed
      </Button>
      <Drawer opened={opened} onClose={close} position="right" size="md" title="What you are handed">
        <Text size="sm" mb="md">
          New tasks follow these; the one in your hands stays. Where you choose nothing, there is no limit.
        </Text>
        <FitForm project={project} path={`/projects/${project.id}/my/fit`} whose="own" kinds={kinds} saved={saved} close={close} />
      </Drawer>
    </>
  );
}
