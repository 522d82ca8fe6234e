import { Badge, Group, Text } from "@mantine/core";
import { Link } from "react-router";
import type { LineageStep, Project } from "../../api/types";
import { count, moment, plural } from "../../shared/format";
import { Hash } from "../../shared/hash";
import { RunFacts } from "../../shared/run-facts";
import { objectiveName } from "../../shared/words";

function Judgments({ project, step }: { project: Project; step: LineageStep }) {
  if (step.judgments === 0) return null;
  const versions = step.guideline_versions;
  return (
    <>
      <Text size="sm" fw={600} mt="sm">
        {plural(step.judgments, "judgment")} of {plural(step.people.length, "person", "people")}
        {versions.length > 0 ? `, guideline version ${versions.join(", ")}` : ""}
      </Text>
      <ul className="chips" aria-label="Some of the judgments">
        {step.judgments_sample.map((id) => (
          <li key={id}>
            <Link className="chip" to={`/p/${project.id}/judgments/${id}`}>
              <span className="only-heard">Judgment </span>#{id}
            </Link>
          </li>
        ))}
        {step.judgments > step.judgments_sample.length ? <li className="chip-rest">and {count(step.judgments - step.judgments_sample.length)} more</li> : null}
      </ul>
      <details>
        <summary>People, under a name of this snapshot only</summary>
        <ul className="lines">
          {step.people.map((person) => (
            <li key={person.pseudonym}>
              <span className="mono">{person.pseudonym}</span>: {plural(person.judgments, "judgment")}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

export function LineageCard({ project, step }: { project: Project; step: LineageStep }) {
  const { model, run, snapshot } = step;
  return (
    <li className="card lineage-step">
      <Group gap="xs">
        <Text fw={600} className="breaks" component="span">
          <Link to={`/p/${project.id}/models/${model.id}`}>
            <bdi>{model.name}</bdi>
          </Link>
        </Text>
        {model.current ? <Badge size="sm">current</Badge> : null}
        <Badge size="sm" variant="default" tt="none">
          {objectiveName(model.objective)}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed" component="div">
        {count(model.parameters)} weights · <Hash value={model.sha256} what={model.name} /> · {moment(model.created_at)}
      </Text>
      {run ? (
        <>
          <Text size="sm" mt="sm">
            Made by the run “<bdi>{run.name}</bdi>”
            {run.round_id === null ? null : (
              <>
                {" "}
                of <Link to={`/p/${project.id}/rounds/${run.round_id}`}>its round</Link>
              </>
            )}
          </Text>
          <RunFacts name={run.name} metrics={run.metrics} settings={run.settings} />
        </>
      ) : (
        <Text size="sm" mt="sm">
          It came from outside: nothing in this workspace made it.
        </Text>
      )}
      {snapshot ? (
        <Text size="sm" mt="sm" component="div">
          Learned from snapshot {snapshot.id} <Hash value={snapshot.sha256} what={`snapshot ${snapshot.id}`} />
          {snapshot.files.map((file) => `, ${plural(file.rows, "row")} in ${file.name}`).join("")}
        </Text>
      ) : null}
      <Judgments project={project} step={step} />
    </li>
  );
}
