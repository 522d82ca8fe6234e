import { Badge, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { PersonQuality, Project, Quality } from "../../api/types";
import { count, plural } from "../../shared/format";
import { Page } from "../../shared/page";
import { Empty, Failed, Waiting } from "../../shared/states";
import { TableScroll } from "../../shared/table-scroll";
import { Agreement } from "./agreement";
import { Members } from "./members";
import { PauseButton } from "./pause-button";
import { SkillsButton } from "./skills-button";
import { WatchBar } from "./watch-bar";

function PersonRow({ project, person, mayPause }: { project: Project; person: PersonQuality; mayPause: boolean }) {
  return (
    <tr>
      <th scope="row">
        <bdi className="breaks">{person.name}</bdi>
        {person.simulated && !person.name.includes("simulated") ? (
          <Badge size="xs" variant="default" ml={8}>
            simulated
          </Badge>
        ) : null}
        {person.paused ? (
          <Text size="xs" className="worse breaks" dir="auto">
            Paused: {person.pause_reason ?? "no reason was given"}
          </Text>
        ) : null}
      </th>
      <td data-label="Judgments">{count(person.judgments)}</td>
      <td className="stays" data-label="Golds right">{person.golds === 0 ? "none yet" : `${count(person.golds_right)} of ${count(person.golds)}`}</td>
      <td data-label="Watch">
        <WatchBar watch={person.watch} threshold={project.gold_watch.threshold} />
      </td>
      {mayPause ? (
        <td className="end">
          <Group gap={6} justify="flex-end" wrap="nowrap">
            <SkillsButton project={project} person={person} />
            <PauseButton project={project} person={person} />
          </Group>
        </td>
      ) : null}
    </tr>
  );
}

function PeopleTable({ project, people, mayPause }: { project: Project; people: PersonQuality[]; mayPause: boolean }) {
  return (
    <TableScroll label="People and their work">
      <table className="figures figures-stacked">
        <thead>
          <tr>
            {["Person", "Judgments", "Golds right", "Watch"].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            {mayPause ? (
              <th scope="col" className="end">
                Action
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {[...people]
            .sort((a, b) => Number(b.paused) - Number(a.paused) || b.judgments - a.judgments)
            .map((person) => (
              <PersonRow key={person.person_id} project={project} person={person} mayPause={mayPause} />
            ))}
        </tbody>
      </table>
    </TableScroll>
  );
}

export function PeoplePage({ project, mayPause, mayInvite }: { project: Project; mayPause: boolean; mayInvite: boolean }) {
  const quality = useQuery({ queryKey: ["quality", project.id], queryFn: () => api.get<Quality>(`/projects/${project.id}/quality`) });
  const people = quality.data?.people ?? [];
  return (
    <Page title="People" about={quality.data ? `${plural(people.length, "person", "people")}` : null}>
      {quality.isPending ? <Waiting /> : null}
      {quality.isError ? <Failed error={quality.error} retry={() => void quality.refetch()} /> : null}
      {quality.data ? <Agreement agreement={quality.data.agreement} /> : null}
      {quality.data && people.length === 0 ? <Empty title="Nobody yet">Members appear here with their work.</Empty> : null}
      {people.length > 0 ? <PeopleTable project={project} people={people} mayPause={mayPause} /> : null}
      {people.length > 0 ? (
        <Text size="xs" c="dimmed" mt="xs">
          The watch rises with each gold that is missed and falls with each that is right. At {project.gold_watch.threshold} the person is paused until a lead has looked; nobody is ever
          banned by it.
        </Text>
      ) : null}
      {mayInvite ? <Members project={project} /> : null}
    </Page>
  );
}
