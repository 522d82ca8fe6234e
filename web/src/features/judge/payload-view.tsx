import { Text } from "@mantine/core";
import type { TaskResponse } from "../../api/types";
import { words } from "../../shared/words";
import { letters } from "./kinds/kind";

type Value = unknown;
const silent = (value: Value) => value === null || value === "" || value === false || (Array.isArray(value) && value.length === 0);

function nameOf(id: number, responses: TaskResponse[]): string {
  const place = responses.findIndex((response) => response.id === id);
  if (place < 0) return String(id);
  return responses.length === 1 ? "the answer" : `Answer ${letters[place]}`;
}

function Diff({ parts }: { parts: [string, string][] }) {
  return (
    <div className="text" dir="auto">
      {parts.map(([sign, text], place) => (sign === "+" ? <ins key={place}>{text}</ins> : sign === "-" ? <del key={place}>{text}</del> : <span key={place}>{text}</span>))}
    </div>
  );
}

const isId = (key: string) => key === "better" || key === "response_id" || key === "ranking" || key === "dimensions";

function One({ name, value, responses }: { name: string; value: Value; responses: TaskResponse[] }) {
  if (name === "diff") return <Diff parts={value as [string, string][]} />;
  if (typeof value === "number" && isId(name)) return <>{nameOf(value, responses)}</>;
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  if (value === null && isId(name)) return <>equally good</>;
  if (Array.isArray(value))
    return (
      <ul className="payload-list">
        {value.map((item: Value, place) => (
          <li key={place}>
            <One name={name} value={item} responses={responses} />
          </li>
        ))}
      </ul>
    );
  if (typeof value === "object" && value !== null)
    return (
      <dl className="payload">
        {Object.entries(value).filter(([key, part]) => isId(name) || (!silent(part) && !(key === "text" && "diff" in value))).map(([key, part]) => (
          <div key={key}>
            <dt>{words(key === "response_id" ? "answer" : key)}</dt>
            <dd>
              <One name={isId(name) ? name : key} value={part as Value} responses={responses} />
            </dd>
          </div>
        ))}
      </dl>
    );
  const long = typeof value === "string" && value.includes(" ");
  return long ? <span className="text" dir="auto">{value}</span> : <>{typeof value === "string" ? words(value) : String(value)}</>;
}

// What somebody said of a task, for others to read. Names and times are not among it.
export function PayloadView({ title, payload, responses }: { title: string; payload: Value; responses: TaskResponse[] }) {
  return (
    <section className="card" aria-label={title}>
      <Text fw={600} size="sm" mb={8}>
        {title}
      </Text>
      <One name="" value={payload} responses={responses} />
    </section>
  );
}
