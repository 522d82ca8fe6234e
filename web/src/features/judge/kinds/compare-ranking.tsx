import { NativeSelect, SimpleGrid, Text } from "@mantine/core";
import { comparison } from "./compare";
import { letters, type Part } from "./kind";

function placeName(place: number): string {
  return place === 1 ? "1, best" : String(place);
}

// Where more than two are compared, each can be given a place; and each dimension of the rubric its own choice.
export function RankingFields({ task, work, change }: Part) {
  const { ranks, dimensions } = comparison.of(work);
  const rank = (id: number, value: string) =>
    change((before) => {
      const next = { ...comparison.of(before).ranks };
      if (value === "") delete next[id];
      else next[id] = Number(value);
      return comparison.set(before, { ranks: next });
    });
  const decide = (key: string, value: string) =>
    change((before) => {
      const next = { ...comparison.of(before).dimensions };
      if (value === "") delete next[key];
      else next[key] = value === "even" ? null : Number(value);
      return comparison.set(before, { dimensions: next });
    });
  const places = task.responses.map((_, place) => ({ value: String(place + 1), label: placeName(place + 1) }));
  const answers = task.responses.map((response, place) => ({ value: String(response.id), label: `Answer ${letters[place]}` }));
  return (
    <>
      {task.responses.length > 2 ? (
        <fieldset className="plain-fields">
          <Text component="legend" size="sm" fw={600}>
            Ranking, if you like. The same place twice is a tie.
          </Text>
          <SimpleGrid cols={2} spacing="xs" verticalSpacing={4}>
            {task.responses.map((response, place) => (
              <NativeSelect key={response.id} size="xs" label={`Place of answer ${letters[place]}`} value={String(ranks[response.id] ?? "")}
                onChange={(event) => rank(response.id, event.currentTarget.value)} data={[{ value: "", label: "–" }, ...places]} />
            ))}
          </SimpleGrid>
        </fieldset>
      ) : null}
      {task.rubric.dimensions.length > 0 ? (
        <details>
          <summary>By dimension</summary>
          {task.rubric.dimensions.map((dimension) => {
            const choice = dimensions[dimension.key];
            return (
              <NativeSelect key={dimension.key} size="xs" mt={6} label={`Better in ${dimension.label.toLowerCase()}`} onChange={(event) => decide(dimension.key, event.currentTarget.value)}
                value={choice === undefined ? "" : choice === null ? "even" : String(choice)}
                data={[{ value: "", label: "–" }, ...answers, { value: "even", label: "Equally good" }]} />
            );
          })}
        </details>
      ) : null}
    </>
  );
}
