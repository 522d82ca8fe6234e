import { Alert, Badge, Button, Checkbox, Group, Modal, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, type List } from "../../api/client";
import { useSession } from "../../api/session";
import type { CreatedPasswordReset, Erasure, Person } from "../../api/types";
import { moment, plural } from "../../shared/format";
import { Once } from "../../shared/once";
import { Failed, Waiting } from "../../shared/states";

function ResetModal({ person, close }: { person: Person; close: () => void }) {
  const [drop, setDrop] = useState(false);
  const make = useMutation({ mutationFn: () => api.post<CreatedPasswordReset>(`/people/${person.id}/password-reset`, { drop_second_factor: drop }) });
  return (
    <Modal opened onClose={close} title={`A new password for ${person.name}`} centered>
      {make.isSuccess ? (
        <Once title="The link" text={`${window.location.origin}/reset#${make.data.token}`} done={close}>
          Give it to {person.name} and nobody else. It works once, until {moment(make.data.expires_at)}, and is shown only now.
        </Once>
      ) : (
        <div className="stack">
          <Text size="sm">You make a link with which {person.name} chooses a new password. Links made before stop working.</Text>
          {make.isError ? <Alert color="red" role="alert">{make.error.message}</Alert> : null}
          <Checkbox label="The authenticator is lost as well: ask for no code any more" checked={drop} onChange={(e) => setDrop(e.currentTarget.checked)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>Cancel</Button>
            <Button onClick={() => make.mutate()} loading={make.isPending}>Make the link</Button>
          </Group>
        </div>
      )}
    </Modal>
  );
}

function EraseModal({ person, close }: { person: Person; close: () => void }) {
  const client = useQueryClient();
  const [login, setLogin] = useState("");
  const erase = useMutation({
    mutationFn: () => api.post<Erasure>(`/people/${person.id}/erase`, { login: login.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["everybody"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    erase.mutate();
  };
  return (
    <Modal opened onClose={close} title={`Erase ${person.name} for good?`} centered>
      {erase.isSuccess ? (
        <div className="stack">
          <Alert color="teal" role="status" title="Erased">
            {plural(erase.data.judgments, "judgment")} and {plural(erase.data.events, "event")} without content now; {plural(erase.data.snapshots, "snapshot")} marked. The log still verifies.
          </Alert>
          <Group justify="flex-end"><Button onClick={close}>Done</Button></Group>
        </div>
      ) : (
        <form className="stack" onSubmit={submit}>
          <Text size="sm">The name, the content of judgments, drafts, reasons and runs are deleted; a number stays. Snapshots taken before keep the work under a pseudonym and are marked, with the models that learned from them. Nobody can undo this.</Text>
          {erase.isError ? <Alert color="red" role="alert">{erase.error.message}</Alert> : null}
          <TextInput label={`Type the login, ${person.login}`} required autoComplete="off" data-autofocus value={login} onChange={(e) => setLogin(e.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>Cancel</Button>
            <Button type="submit" color="red" loading={erase.isPending}>Erase</Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}

type Doing = { is: "resetting" | "erasing"; person: Person } | null;

export function PersonList() {
  const { person: self } = useSession();
  const [doing, setDoing] = useState<Doing>(null);
  const people = useInfiniteQuery({
    queryKey: ["everybody"],
    queryFn: ({ pageParam }) => api.get<List<Person>>(`/people?limit=50${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ""}`),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });
  if (people.isPending) return <Waiting />;
  if (people.isError) return <Failed error={people.error} retry={() => void people.refetch()} />;
  return (
    <>
      <ul className="card rows">
        {people.data.pages.flatMap((page) => page.items).map((person) => (
          <li key={person.id} className="member">
            <div className="breaks">
              <Text size="sm" fw={500} component="div">
                <bdi>{person.name}</bdi>
                {person.administrator ? <Badge size="xs" ml={8}>administrator</Badge> : null}
                {person.simulated && !person.name.includes("simulated") ? <Badge size="xs" variant="default" ml={8}>simulated</Badge> : null}
              </Text>
              <Text size="xs" c="dimmed"><bdi>{person.login}</bdi></Text>
            </div>
            {person.erased || person.id === self.id ? null : (
              <Group gap="xs" wrap="nowrap">
                <Button size="xs" variant="default" onClick={() => setDoing({ is: "resetting", person })} aria-label={`New password for ${person.name}`}>New password</Button>
                <Button size="xs" variant="subtle" color="red" onClick={() => setDoing({ is: "erasing", person })} aria-label={`Erase ${person.name}`}>Erase …</Button>
              </Group>
            )}
          </li>
        ))}
      </ul>
      {people.hasNextPage ? <Button mt="sm" size="xs" variant="default" onClick={() => void people.fetchNextPage()} loading={people.isFetchingNextPage}>Show more</Button> : null}
      {doing?.is === "resetting" ? <ResetModal person={doing.person} close={() => setDoing(null)} /> : null}
      {doing?.is === "erasing" ? <EraseModal person={doing.person} close={() => setDoing(null)} /> : null}
    </>
  );
}
