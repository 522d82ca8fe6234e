import { Alert, Button, Group, Modal, PasswordInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../../api/client";
import { sessionQuery, useSession } from "../../api/session";

function saveAs(name: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

function EraseModal({ opened, close }: { opened: boolean; close: () => void }) {
  const { person } = useSession();
  const client = useQueryClient();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const erase = useMutation({
    mutationFn: () => api.post("/account/erase", { login: login.trim(), password }),
    onSuccess: () => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, null);
    },
    onError: () => setPassword(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    erase.mutate();
  };
  return (
    <Modal opened={opened} onClose={close} title="Erase yourself for good?" centered>
      <form className="stack" onSubmit={submit}>
        <Text size="sm">
          Your name, your judgments’ content, drafts, reasons and runs are deleted; a number stays. Snapshots that were taken before keep your work under a pseudonym and are marked, with the models that learned from them. Nobody can undo this.
        </Text>
        {erase.isError ? <Alert color="red" role="alert">{erase.error.message}</Alert> : null}
        <TextInput label={`Type your login, ${person.login}`} required autoComplete="off" data-autofocus value={login} onChange={(e) => setLogin(e.currentTarget.value)} />
        <PasswordInput label="Your password" required autoComplete="current-password" visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }} value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>Keep my account</Button>
          <Button type="submit" color="red" loading={erase.isPending}>Erase me</Button>
        </Group>
      </form>
    </Modal>
  );
}

export function PersonalData() {
  const [asking, setAsking] = useState(false);
  const take = useMutation({
    mutationFn: () => api.get<{ data: unknown }>("/account/data"),
    onSuccess: ({ data }) => saveAs("preceptor-data.json", JSON.stringify(data, null, 2)),
  });
  return (
    <div className="card stack">
      <Text size="sm">Everything that is held about you, as one JSON file: account, memberships, judgments, drafts, what you skipped and tried, and the events about you.</Text>
      {take.isError ? <Alert color="red" role="alert">{take.error.message}</Alert> : null}
      <Group gap="sm">
        <Button variant="default" onClick={() => take.mutate()} loading={take.isPending}>Download my data</Button>
        <Button variant="subtle" color="red" onClick={() => setAsking(true)}>Erase me …</Button>
      </Group>
      <EraseModal opened={asking} close={() => setAsking(false)} />
    </div>
  );
}
