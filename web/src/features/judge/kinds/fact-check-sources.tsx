import { Alert, Button, Group, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../../../api/client";
import type { Source } from "../../../api/types";
import { useSources } from "./said-parts";

type Proof = { source_id: number; quote: string };
type Props = { project: number; label: string; chosen: Proof | null; choose: (proof: Proof | null) => void };

// One source of the project's library, or a new one that becomes part of it.
export function SourcePicker({ project, label, chosen, choose }: Props) {
  const sources = useSources(project);
  const [adding, setAdding] = useState(false);
  const options = (sources.data?.items ?? []).map((source) => ({ value: String(source.id), label: source.title }));
  const known = sources.data?.items.find((source) => source.id === chosen?.source_id);
  return (
    <>
      <Group align="end" gap="xs" mt={6} wrap="nowrap">
        <NativeSelect size="xs" flex={1} label={label} value={String(chosen?.source_id ?? "")} data={[{ value: "", label: "None" }, ...options]}
          onChange={(event) => choose(event.currentTarget.value === "" ? null : { source_id: Number(event.currentTarget.value), quote: chosen?.quote ?? "" })} />
        <Button size="xs" variant="default" onClick={() => setAdding(true)}>
          New source
        </Button>
      </Group>
      {sources.isError ? <Alert mt={6} color="red" role="alert">{sources.error.message}</Alert> : null}
      {known ? (
        <details className="source-excerpt">
          <summary>What it says</summary>
          <div className="text" dir="auto">
            {known.excerpt}
          </div>
        </details>
      ) : null}
      {chosen ? <Textarea size="xs" mt={6} autosize label={`Quote, ${label.toLowerCase()}`} dir="auto" value={chosen.quote} onChange={(event) => choose({ ...chosen, quote: event.currentTarget.value })} /> : null}
      <NewSource project={project} opened={adding} close={() => setAdding(false)} added={(source) => choose({ source_id: source.id, quote: "" })} />
    </>
  );
}

function NewSource({ project, opened, close, added }: { project: number; opened: boolean; close: () => void; added: (source: Source) => void }) {
  const client = useQueryClient();
  const [fields, setFields] = useState({ title: "", address: "", excerpt: "" });
  const add = useMutation({
    mutationFn: () => api.post<Source>(`/projects/${project}/sources`, fields),
    onSuccess: async (source) => {
      await client.invalidateQueries({ queryKey: ["sources", project] });
      added(source);
      setFields({ title: "", address: "", excerpt: "" });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const type = (key: keyof typeof fields) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setFields((before) => ({ ...before, [key]: value }));
  };
  return (
    <Modal opened={opened} onClose={close} title="A new source" centered>
      <form onSubmit={submit}>
        <TextInput label="Title" required dir="auto" data-autofocus value={fields.title} onChange={type("title")} />
        <TextInput mt="sm" label="Address or citation" dir="auto" value={fields.address} onChange={type("address")} />
        <Textarea mt="sm" label="What it says" description="The passage that matters, word for word. It is kept as it is now." required autosize minRows={4} dir="auto" value={fields.excerpt} onChange={type("excerpt")} />
        {add.isError ? <Alert mt="sm" color="red" role="alert">{add.error.message}</Alert> : null}
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button type="submit" loading={add.isPending}>Add to the library</Button>
        </Group>
      </form>
    </Modal>
  );
}
