import { Button, Drawer } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Project } from "../../api/types";
import { FitPanel } from "./fit-panel";

// An administrator who is no member has nothing of the kind.
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
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        What you are handed
      </Button>
      <Drawer opened={opened} onClose={close} position="right" size="md" title="What you are handed">
        <FitPanel project={project} saved={saved} close={close} />
      </Drawer>
    </>
  );
}
