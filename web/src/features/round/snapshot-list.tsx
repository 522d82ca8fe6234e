import { Badge, Group, Text } from "@mantine/core";
import type { Snapshot } from "../../api/types";
import { moment, plural } from "../../shared/format";
import { SnapshotErasureMark } from "../../shared/erasure-mark";
import { Hash } from "../../shared/hash";
import { leftOut } from "./left-out";

function LeftOut({ snapshot }: { snapshot: Snapshot }) {
  const omitted = leftOut(snapshot.summary);
  return (
    <div>
      <h3 className="label">Left out</h3>
      {omitted.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing
        </Text>
      ) : null}
      <ul className="lines">
        {omitted.map(({ reason, judgments }) => (
          <li key={reason}>
            {plural(judgments, "judgment")}: {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}

function SnapshotCard({ project, snapshot }: { project: number; snapshot: Snapshot }) {
  return (
    <li className="card">
      <Group justify="space-between" gap="xs">
        <Text fw={600} component="div">
          Snapshot {snapshot.id} <Hash value={snapshot.sha256} what={`snapshot ${snapshot.id}`} />
        </Text>
        <Badge size="sm" variant="default">
          {snapshot.weighting === "reliability" ? "weighted by reliability" : "unweighted"}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {plural(snapshot.judgments, "judgment")} · {moment(snapshot.created_at)}
      </Text>
      <SnapshotErasureMark project={project} snapshot={snapshot.id} />
      <div className="halves" style={{ marginTop: 12 }}>
        <div>
          <h3 className="label">Files</h3>
          <ul className="lines">
            {snapshot.files.map((file) => (
              <li key={file.name}>
                <span className="mono">{file.name}</span>, {plural(file.rows, "row")}, <Hash value={file.sha256} what={file.name} />
              </li>
            ))}
          </ul>
        </div>
        <LeftOut snapshot={snapshot} />
      </div>
    </li>
  );
}

export function SnapshotList({ project, snapshots }: { project: number; snapshots: Snapshot[] }) {
  return (
    <ul className="plain-list">
      {[...snapshots]
        .sort((a, b) => b.id - a.id)
        .map((snapshot) => (
          <SnapshotCard key={snapshot.id} project={project} snapshot={snapshot} />
        ))}
    </ul>
  );
}
