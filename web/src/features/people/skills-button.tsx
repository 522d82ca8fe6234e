import { Button, Modal, Text } from "@mantine/core";
import { useState } from "react";
import type { PersonQuality, Project } from "../../api/types";
import { SkillsForm } from "./skills-form";

export function SkillsButton({ project, person }: { project: Project; person: PersonQuality }) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)} aria-label={`Skills of ${person.name}`}>
        Skills
      </Button>
      <Modal opened={opened} onClose={close} title={<>Skills of <bdi>{person.name}</bdi></>} centered>
        <Text size="sm" mb="md">
          New tasks follow these. Where nothing is chosen, there is no limit but the role.
        </Text>
        <SkillsForm project={project} person={person.person_id} close={close} />
      </Modal>
    </>
  );
}
