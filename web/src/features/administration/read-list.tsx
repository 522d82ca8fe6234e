import { Button, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, type List } from "../../api/client";
import type { ReadOfPeople } from "../../api/types";
import { moment, plural } from "../../shared/format";
import { Empty, Failed, Waiting } from "../../shared/states";
import { everybodyQuery } from "./everybody";

const acts: Record<string, string> = {
  listPeople: "the list of everybody",
  listMembers: "the members",
  showQuality: "gold scores and watches",
  listJudgments: "judgments",
  judgmentEvidence: "what was tried for a judgment",
  "admin export-person": "an export of everything about somebody, on the command line",
};

// Those whom the list of people above has not reached yet are told by number.
function peopleOf(read: ReadOfPeople, names: Map<number, string>): string {
  if (read.people.length === 0) return "erased with the reader";
  const first = read.people.slice(0, 5).map((id) => names.get(id) ?? `person ${id}`).join(", ");
  return `${plural(read.people.length, "person", "people")}: ${first}${read.people.length > 5 ? " …" : ""}`;
}

export function ReadList() {
  const reads = useInfiniteQuery({
    queryKey: ["reads-of-people"],
    queryFn: ({ pageParam }) => api.get<List<ReadOfPeople>>(`/reads-of-people?limit=30${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ""}`),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });
  const people = useInfiniteQuery(everybodyQuery).data?.pages.flatMap((page) => page.items) ?? [];
  const names = new Map(people.map((person) => [person.id, person.name]));
  if (reads.isPending) return <Waiting />;
  if (reads.isError) return <Failed error={reads.error} retry={() => void reads.refetch()} />;
  const rows = reads.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <Empty title="Nobody yet">Each look at other people’s data appears here.</Empty>;
  return (
    <>
      <ul className="card rows">
        {rows.map((read) => (
          <li key={read.id}>
            <Text size="sm" component="div" className="breaks">
              <bdi>{read.reader_name || "The machine’s owner"}</bdi> looked at {acts[read.what] ?? (read.what || "something")}
              {read.project_id ? `, project ${read.project_id}` : ""}
            </Text>
            <Text size="xs" c="dimmed">{moment(read.at)} · {peopleOf(read, names)}</Text>
          </li>
        ))}
      </ul>
      {reads.hasNextPage ? <Button mt="sm" size="xs" variant="default" onClick={() => void reads.fetchNextPage()} loading={reads.isFetchingNextPage}>Show more</Button> : null}
    </>
  );
}
