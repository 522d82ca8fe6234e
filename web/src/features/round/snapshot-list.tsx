import { Badge, Group, Text } from "@mantine/core";
import type { Snapshot } from "../../api/types";
import { count, moment, plural } from "../../shared/format";
import { Hash } from "../../shared/hash";
import { leftOut } from "./left-out";

function SnapshotCard({ snapshot }: { snapshot: Snapshot }) {
  const omitted = leftOut(snapshot.summary);
  return (
    <li className="card">
      <Group justify="space-between" gap="xs">
        <Text fw={600}>
          Snapshot {snapshot.id} <Hash value={snapshot.sha256} what={`snapshot ${snapshot.id}`} />
        </Text>
        <Badge size="sm" variant="light">
          {snapshot.weighting === "reliability" ? "weighted by reliability" : "unweighted"}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {plural(snapshot.judgments, "judgment")} · {moment(snapshot.created_at)}
      </Text>
      <ul className="lines">
        {snapshot.files.map((file) => (
          <li key={file.name}>
            <span className="mono">{file.name}</span>: {plural(file.rows, "row")}, <Hash value={file.sha256} what={file.name} />
          </li>
        ))}
      </ul>
      {omitted.length > 0 ? (
        <>
          <Text size="sm" fw={600} mt="xs">
            Left out
          </Text>
          <ul className="lines">
            {omitted.map(({ reason, judgments }) => (
              <li key={reason}>
                {count(judgments)} · {reason}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <Text size="sm" c="dimmed" mt="xs">
          Nothing was left out.
        </Text>
      )}
    </li>
  );
}

export function SnapshotList({ snapshots }: { snapshots: Snapshot[] }) {
  return (
    <ul className="plain-list">
      {[...snapshots]
        .sort((a, b) => b.id - a.id)
        .map((snapshot) => (
          <SnapshotCard key={snapshot.id} snapshot={snapshot} />
        ))}
    </ul>
  );
}
