import { Alert, Button, Group, Modal, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../../api/client";
import type { CreatedInvitation, Project } from "../../api/types";
import { moment } from "../../shared/format";
import { Once } from "../../shared/once";
import { words } from "../../shared/words";

const roles = ["trainer", "reviewer", "lead", "owner"];

export function InviteButton({ project }: { project: Project }) {
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [role, setRole] = useState("trainer");
  const [note, setNote] = useState("");
  const [days, setDays] = useState<number | string>(7);
  const invite = useMutation({
    mutationFn: () => api.post<CreatedInvitation>(`/projects/${project.id}/invitations`, { role, note: note.trim(), expires_days: Number(days) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["invitations", project.id] }),
  });
  const close = () => {
    setOpened(false);
    setNote("");
    invite.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <>
      <Button size="xs" onClick={() => setOpened(true)}>Invite somebody</Button>
      <Modal opened={opened} onClose={close} title={`Invite to ${project.name}`} centered>
        {invite.isSuccess ? (
          <Once title="The invitation" text={`${window.location.origin}/invitation#${invite.data.token}`} done={close}>
            Send this link to one person. It works once, until {moment(invite.data.expires_at)}, and is shown only now.
          </Once>
        ) : (
          <form className="stack" onSubmit={submit}>
            {invite.isError ? <Alert color="red" role="alert">{invite.error.message}</Alert> : null}
            <NativeSelect label="Role" value={role} onChange={(e) => setRole(e.currentTarget.value)} data={roles.map((value) => ({ value, label: words(value) }))} />
            <TextInput label="For whom" description="A note for you; the guest does not see it" maxLength={200} dir="auto" value={note} onChange={(e) => setNote(e.currentTarget.value)} />
            <NumberInput label="Days it is good for" description="1 to 60" required min={1} max={60} value={days} onChange={setDays} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>Cancel</Button>
              <Button type="submit" loading={invite.isPending}>Make the link</Button>
            </Group>
          </form>
        )}
      </Modal>
    </>
  );
}
