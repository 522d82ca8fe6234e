import { Alert, Button, Group, NativeSelect, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { CodeLanguage, Evidence, HandedTask, SandboxState } from "../../api/types";
import { EvidenceItem } from "../../shared/evidence-item";
import { onSubmitKey } from "../../shared/global-keys";
import { Failed, Waiting } from "../../shared/states";
import { codeBlocks, type CodeBlock } from "./code-blocks";

const names: Record<CodeLanguage, string> = { python: "Python", cpp: "C++", javascript: "JavaScript", shell: "Shell" };
type Found = CodeBlock & { label: string };

function blocksOf(task: HandedTask): Found[] {
  const letters = ["A", "B", "C", "D", "E", "F", "G", "H"];
  const many = task.responses.length > 1;
  return task.responses.flatMap((response, place) =>
    codeBlocks(response.text).map((block, number) => ({ ...block, label: `${many ? `Answer ${letters[place] ?? place + 1}` : "Answer"}, code ${number + 1}` })),
  );
}

function Runner({ task, languages }: { task: HandedTask; languages: CodeLanguage[] }) {
  const [blocks] = useState(() => blocksOf(task));
  const first = blocks[0];
  const fallback = languages[0] ?? "python";
  const [code, setCode] = useState(first?.code ?? "");
  const [language, setLanguage] = useState<CodeLanguage>(first?.language && languages.includes(first.language) ? first.language : fallback);
  const run = useMutation({ mutationFn: () => api.post<Evidence>(`/tasks/${task.id}/runs`, { language, code }) });
  const take = (block: Found) => {
    setCode(block.code);
    if (block.language && languages.includes(block.language)) setLanguage(block.language);
    run.reset();
  };
  const start = () => {
    if (code.trim() !== "" && !run.isPending) run.mutate();
  };
  return (
    <div className="card stack" onKeyDown={onSubmitKey(start)}>
      {blocks.length > 0 ? (
        <Group gap="xs">
          {blocks.map((block) => (
            <Button key={block.label} size="compact-xs" variant="default" onClick={() => take(block)}>{block.label}</Button>
          ))}
        </Group>
      ) : null}
      <Textarea label="Code" autosize minRows={4} maxRows={18} spellCheck={false} classNames={{ input: "mono" }} value={code} onChange={(event) => setCode(event.currentTarget.value)} />
      <Group justify="space-between" align="flex-end">
        <NativeSelect size="xs" label="Language" value={language} onChange={(event) => setLanguage(event.currentTarget.value as CodeLanguage)} data={languages.map((value) => ({ value, label: names[value] }))} />
        <Button size="xs" onClick={start} loading={run.isPending} disabled={code.trim() === ""}>Run it</Button>
      </Group>
      {run.isError ? <Alert color="red" role="alert">{run.error.message}</Alert> : null}
      {run.data ? <div role="status"><EvidenceItem kept={run.data} withSource={false} /></div> : null}
      <Text size="xs" c="dimmed">It runs in a sandbox without a network, for some seconds. Code and output are kept with your judgment.</Text>
    </div>
  );
}

export function CodePanel({ task }: { task: HandedTask }) {
  const sandbox = useQuery({ queryKey: ["sandbox"], queryFn: () => api.get<SandboxState>("/sandbox"), staleTime: Infinity });
  if (sandbox.isPending) return <Waiting label="Looking what can be run" />;
  if (sandbox.isError) return <Failed error={sandbox.error} retry={() => void sandbox.refetch()} />;
  const languages = sandbox.data.languages as CodeLanguage[];
  if (!sandbox.data.works || languages.length === 0)
    return <Alert color="yellow" role="status" title="Code cannot be run here">{sandbox.data.reason || "No language that the sandbox runs is installed."} Tell whoever runs the server.</Alert>;
  return <Runner task={task} languages={languages} />;
}
