// How the work of each kind that writes or talks is read by others.
import type { Exchange } from "../../../api/types";
import { hazardName } from "../../../shared/hazards";
import { words } from "../../../shared/words";
import type { Payload } from "../work";
import { approachName } from "./rewrite-words";
import { Diff, Plain, textRows, type Row } from "./said-parts";

export function saidOfEdit(sent: Payload): Row[] {
  const changed: Row = sent.good_as_is
    ? { label: "Version", value: "It is good as it is" }
    : { label: "Version", value: Array.isArray(sent.diff) ? <Diff parts={sent.diff as [string, string][]} /> : <Plain text={String(sent.text)} /> };
  return [changed, ...textRows([["Note", sent.note]])];
}

export function saidOfRewrite(sent: Payload): Row[] {
  return [{ label: "Harmful by", value: hazardName(String(sent.hazard)) }, { label: "Version is", value: approachName(String(sent.approach)) }, ...textRows([["Version", sent.text], ["Note", sent.note]])];
}

export function saidOfWrite(sent: Payload): Row[] {
  return textRows([["Answer", sent.text], ["Note", sent.note]]);
}

export function saidOfPrompt(sent: Payload, exchanges: Exchange[]): Row[] {
  const trial = exchanges.find((exchange) => exchange.id === sent.trial);
  const broke: Row[] = typeof sent.broke === "boolean" ? [{ label: "The model", value: sent.broke ? "broke" : "held" }] : [];
  return [
    ...textRows([["Prompt", sent.text]]),
    { label: "It is", value: `${words(String(sent.style))}, ${String(sent.difficulty)}` },
    ...textRows([["Intent", sent.intent], ["Answer", trial?.reply]]),
    ...broke,
    ...textRows([["How", sent.how], ["Note", sent.note]]),
  ];
}

type Turn = { exchange_id: number; verdict: string; note: string };

export function saidOfChat(sent: Payload, exchanges: Exchange[]): Row[] {
  const turns = sent.turns as Turn[];
  const rows = turns.map((turn, place): Row => {
    const exchange = exchanges.find((one) => one.id === turn.exchange_id);
    return {
      label: `Turn ${place + 1}`,
      value: (
        <div className="stack-tight">
          {exchange ? <div className="turn turn-user"><Plain text={exchange.messages.at(-1)?.content ?? ""} /></div> : null}
          {exchange ? <div className="turn"><Plain text={exchange.reply || "The model wrote nothing."} /></div> : null}
          <div>
            <strong>{words(turn.verdict)}</strong>
            {turn.note ? <Plain text={turn.note} /> : null}
          </div>
        </div>
      ),
    };
  });
  return [...rows, { label: "As a whole", value: words(String(sent.overall)) }, ...textRows([["Note", sent.note]])];
}
