import { Alert, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import type { Exchange } from "../../../api/types";
import { onSubmitKey } from "../../../shared/global-keys";
import { KeyHint } from "../../../shared/key-hint";
import { chooseByArrows } from "../../../shared/radio-keys";
import { useTrials } from "../use-trials";
import { emptyWork, type Payload, type Work } from "../work";
import { ownPart, type KindPage, type Part } from "./kind";

type Turn = { exchange_id: number; said?: string; reply?: string; verdict: string; note: string };
// saying: typed and not yet said.
const state = ownPart<{ turns: Turn[]; overall: string; saying: string }>("chat", { turns: [], overall: "", saying: "" });

const verdicts = [
  { value: "good", label: "Good" },
  { value: "flawed", label: "Flawed" },
  { value: "bad", label: "Bad" },
];

function Verdict({ label, value, choose }: { label: string; value: string; choose: (value: string) => void }) {
  return (
    <Group gap={6} role="radiogroup" onKeyDown={chooseByArrows} aria-label={label}>
      {verdicts.map((verdict) => (
        <Button key={verdict.value} size="xs" role="radio" aria-checked={value === verdict.value} variant={value === verdict.value ? "filled" : "default"} onClick={() => choose(verdict.value)}>
          {verdict.label}
        </Button>
      ))}
    </Group>
  );
}

function TurnView({ turn, place, change }: { turn: Turn; place: number; change: (part: Partial<Turn>) => void }) {
  return (
    <li>
      <div className="turn turn-user">
        <Text size="xs" c="dimmed">
          You
        </Text>
        <div className="text" dir="auto">
          {turn.said ?? <em>What was said in turn {place + 1} is kept with the judgment.</em>}
        </div>
      </div>
      <div className="turn">
        <Text size="xs" c="dimmed">
          The model
        </Text>
        <div className="text" dir="auto">
          {turn.reply || <em>{turn.reply === undefined ? "So is the answer." : "The model wrote nothing."}</em>}
        </div>
        <Group gap="xs" mt={6}>
          <Verdict label={`Verdict on answer ${place + 1}`} value={turn.verdict} choose={(verdict) => change({ verdict })} />
          {turn.verdict === "flawed" || turn.verdict === "bad" ? (
            <TextInput flex={1} size="xs" aria-label={`What is wrong with answer ${place + 1}`} placeholder="What is wrong with it?" dir="auto" className="grows" data-wanted={turn.note.trim() === "" || undefined} value={turn.note} onChange={(event) => change({ note: event.currentTarget.value })} />
          ) : null}
        </Group>
      </div>
    </li>
  );
}

// A turn that was sent earlier names its exchange only.
function asSaid(turn: Turn, kept: Exchange[] | undefined): Turn {
  const exchange = kept?.find(({ id }) => id === turn.exchange_id);
  return exchange ? { ...turn, said: exchange.messages.at(-1)?.content ?? "", reply: exchange.reply } : turn;
}

function Conversing({ task, work, change, kept }: Part) {
  const { ask } = useTrials(task.id);
  const { turns, saying: said } = state.of(work);
  const judged = turns.every((turn) => turn.verdict !== "");
  const send = () => {
    if (said.trim() === "" || !judged || ask.isPending) return;
    const before = turns.flatMap((turn) => [{ role: "user" as const, content: turn.said ?? "" }, { role: "assistant" as const, content: turn.reply ?? "" }]);
    ask.mutate([...before, { role: "user", content: said }], {
      onSuccess: (exchange) =>
        change((now) => state.set(now, { saying: "", turns: [...state.of(now).turns, { exchange_id: exchange.id, said, reply: exchange.reply, verdict: "", note: "" }] })),
    });
  };
  const update = (place: number, part: Partial<Turn>) =>
    change((before) => state.set(before, { turns: state.of(before).turns.map((turn, at) => (at === place ? { ...turn, ...part } : turn)) }));
  return (
    <section className="card" aria-label="Conversation">
      <ol className="chat-turns" aria-live="polite">
        {turns.map((turn, place) => (
          <TurnView key={turn.exchange_id} turn={asSaid(turn, kept)} place={place} change={(part) => update(place, part)} />
        ))}
      </ol>
      {kept ? null : (
        <>
          <Textarea label="Say something to the model" autosize minRows={2} dir="auto" value={said} data-wanted={turns.length === 0 || undefined} onKeyDown={onSubmitKey(send)}
            onChange={(event) => { const saying = event.currentTarget.value; change((before) => state.set(before, { saying })); }} />
          <Group mt="sm" gap="sm">
            <Button size="xs" variant="light" onClick={send} loading={ask.isPending} disabled={said.trim() === "" || !judged}>
              Say it <KeyHint label="Ctrl ↵" />
            </Button>
            {judged ? null : <Text size="xs">Judge the last answer first.</Text>}
          </Group>
        </>
      )}
      {ask.isError ? <Alert mt="sm" color="red" role="alert" title="The model did not answer">{ask.error.message}</Alert> : null}
    </section>
  );
}

function ChatForm({ work, change }: Part) {
  return (
    <Stack gap="sm">
      <Text fw={600}>Talk to the model, and judge each answer as it comes</Text>
      <div>
        <Text size="sm" fw={600} mb={4}>
          The conversation as a whole
        </Text>
        <Verdict label="The conversation as a whole" value={state.of(work).overall} choose={(overall) => change((before) => state.set(before, { overall }))} />
      </div>
      <Textarea label="Note" autosize minRows={2} dir="auto" value={work.note}
        onChange={(event) => { const note = event.currentTarget.value; change((before) => ({ ...before, note })); }} />
    </Stack>
  );
}

function payload(work: Work): Payload {
  const { turns, overall } = state.of(work);
  return { turns: turns.map(({ exchange_id, verdict, note }) => ({ exchange_id, verdict, note: verdict === "good" ? "" : note })), overall, note: work.note };
}

function missing(_: Part["task"], work: Work): string | null {
  const { turns, overall } = state.of(work);
  if (turns.length === 0) return "Talk to the model first.";
  for (const [place, turn] of turns.entries()) {
    if (turn.verdict === "") return `Judge answer ${place + 1}.`;
    if (turn.verdict !== "good" && turn.note.trim() === "") return `Say what is wrong with answer ${place + 1}.`;
  }
  return overall === "" ? "Judge the conversation as a whole." : null;
}

function restored(sent: Payload): Work {
  return state.set({ ...emptyWork(), note: sent.note as string }, { turns: sent.turns as Turn[], overall: sent.overall as string });
}

export const chat: KindPage = { none: "No conversation waits for you", payload, missing, restored, Left: Conversing, Form: ChatForm };
