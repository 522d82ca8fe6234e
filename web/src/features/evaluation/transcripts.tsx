import { Button, Group, NativeSelect, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Evaluation } from "../../api/types";
import { Section } from "../../shared/section";
import { Empty, Failed, Waiting } from "../../shared/states";
import { TranscriptCard } from "./transcript-card";
import { useTranscripts, type Change } from "./use-evaluation";

const nothing: Record<Change, string> = {
  all: "No model has answered a prompt yet.",
  better: "No answer is better than the baseline's in the columns that have a direction.",
  worse: "No answer is worse than the baseline's in the columns that have a direction.",
};

export function Transcripts({ evaluation }: { evaluation: Evaluation }) {
  const others = evaluation.models.filter((model) => model.id !== evaluation.baseline_model_id);
  const [model, setModel] = useState<number | null>(others[0]?.id ?? null);
  const [change, setChange] = useState<Change>("all");
  const query = useTranscripts(evaluation.id, model, change);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const filters = (
    <Group gap="sm">
      <NativeSelect size="xs" aria-label="Model beside the baseline" value={model === null ? "" : String(model)}
        onChange={(event) => setModel(event.currentTarget.value ? Number(event.currentTarget.value) : null)}
        data={[...others.map((other) => ({ value: String(other.id), label: other.name })), { value: "", label: "All models" }]} />
      <SegmentedControl size="xs" aria-label="Which answers" value={change} onChange={(value) => setChange(value as Change)}
        data={[{ value: "all", label: "All" }, { value: "better", label: "Better" }, { value: "worse", label: "Worse" }]} />
    </Group>
  );
  return (
    <Section title="Transcripts" actions={filters}>
      {query.isPending ? <Waiting label="Loading transcripts" /> : null}
      {query.isError ? <Failed error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isSuccess && items.length === 0 ? <Empty title="No transcripts here">{nothing[change]}</Empty> : null}
      <ul className="plain-list">
        {items.map((transcript) => (
          <TranscriptCard key={transcript.prompt.id} evaluation={evaluation} transcript={transcript} model={model} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        </Group>
      ) : null}
    </Section>
  );
}
