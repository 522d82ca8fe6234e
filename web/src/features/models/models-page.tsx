import { Badge, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { modelName, modelsQuery, promotionsQuery } from "../../api/queries";
import type { Model, Project } from "../../api/types";
import { count, moment } from "../../shared/format";
import { Hash } from "../../shared/hash";
import { Page } from "../../shared/page";
import { Section } from "../../shared/section";
import { Empty, Failed, Waiting } from "../../shared/states";
import { TableScroll } from "../../shared/table-scroll";
import { objectiveShort } from "../../shared/words";

function ModelTable({ project, models }: { project: Project; models: Model[] }) {
  return (
    <TableScroll label="Models of the project">
      <table className="figures figures-stacked">
        <thead>
          <tr>
            {["Model", "Made by", "From", "Weights", "Hash", "Since"].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...models]
            .sort((a, b) => b.id - a.id)
            .map((model) => (
              <tr key={model.id}>
                <th scope="row">
                  <Link to={`/p/${project.id}/models/${model.id}`}>
                    <bdi>{model.name}</bdi>
                  </Link>
                  {model.current ? (
                    <Badge size="sm" ml={8}>
                      current
                    </Badge>
                  ) : null}
                </th>
                <td className="stays" data-label="Made by">{objectiveShort(model.objective)}</td>
                <td data-label="From">{model.parent_id === null ? "–" : <Link to={`/p/${project.id}/models/${model.parent_id}`}><bdi>{modelName(models, model.parent_id)}</bdi></Link>}</td>
                <td className="stays" data-label="Weights">{count(model.parameters)}</td>
                <td data-label="Hash">
                  <Hash value={model.sha256} what={model.name} />
                </td>
                <td className="stays" data-label="Since">{moment(model.created_at)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </TableScroll>
  );
}

function Decisions({ project }: { project: Project }) {
  const promotions = useQuery(promotionsQuery(project.id));
  if (!promotions.data?.length) return null;
  return (
    <Section title="Decisions">
      <ul className="plain-list">
        {promotions.data.map((promotion) => (
          <li key={promotion.id} className="card">
            <Text fw={600} component="div" className="breaks">
              <Link to={`/p/${project.id}/models/${promotion.model_id}`}>
                <bdi>{promotion.model_name}</bdi>
              </Link>
            </Text>
            <Text size="sm" c="dimmed">
              by <bdi>{promotion.person_name}</bdi>, {moment(promotion.created_at)}
              {promotion.evaluation_id === null ? ", without an evaluation" : ""}
            </Text>
            <div className="text" dir="auto">
              {promotion.note}
            </div>
            {promotion.evaluation_id === null ? null : (
              <Text size="sm" mt={6}>
                <Link to={`/p/${project.id}/evaluations/${promotion.evaluation_id}`}>The evaluation behind it</Link>
              </Text>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function ModelsPage({ project }: { project: Project }) {
  const models = useQuery(modelsQuery(project.id));
  return (
    <Page title="Models" about="Every set of weights of this project, and what it was made from.">
      {models.isPending ? <Waiting /> : null}
      {models.isError ? <Failed error={models.error} retry={() => void models.refetch()} /> : null}
      {models.data?.length === 0 ? (
        <Empty title="No model yet">
          Whoever runs this machine imports the first one: <code>preceptor model import FOLDER --project {project.id}</code>
        </Empty>
      ) : null}
      {models.data?.length ? <ModelTable project={project} models={models.data} /> : null}
      <Decisions project={project} />
    </Page>
  );
}
