import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import type { ErasureMarks } from "../api/types";
import { plural } from "./format";

function useMarks(project: number) {
  return useQuery({ queryKey: ["erasures", project], queryFn: () => api.get<ErasureMarks>(`/projects/${project}/erasures`), staleTime: 60_000 }).data;
}

// Said where the work of somebody who was erased since is still inside.
export function ModelErasureMark({ project, model }: { project: number; model: number }) {
  if (!useMarks(project)?.model_ids.includes(model)) return null;
  return (
    <Alert color="yellow" mb="md" title="Rests on work of people who were erased">
      This model, or one it comes from, learned from a snapshot with their judgments before they were erased.
    </Alert>
  );
}

export function SnapshotErasureMark({ project, snapshot }: { project: number; snapshot: number }) {
  const tombstone = useMarks(project)?.snapshots.find((one) => one.snapshot_id === snapshot);
  if (!tombstone) return null;
  return (
    <Alert color="yellow" mt="sm" py={8}>
      Its files still hold {plural(tombstone.judgments, "judgment")} of {plural(tombstone.people, "person", "people")} erased since, under pseudonyms.
    </Alert>
  );
}
