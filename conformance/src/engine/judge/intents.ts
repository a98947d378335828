import { basename } from "node:path";
import { parse, writerFault } from "./payload.js";

const STATES: ReadonlySet<unknown> = new Set(["sent", "rejected", "unknown"]);

/** What is wrong with an intent by REFRESH-4; undefined when nothing is. */
export function intentFault(path: string, bytes: Buffer): string | undefined {
  const intent = parse(bytes.toString("utf8"));
  if (intent === undefined) return "is not a JSON object";
  const { generation, state, reason, ...payload } = intent;
  const fault = writerFault(Buffer.from(`${JSON.stringify(payload, null, 2)}\n`));
  if (fault !== undefined) return `holds a payload that ${fault.message}`;
  const keys = Object.keys(intent).slice(Object.keys(payload).length);
  const due = ["generation", "state", ...(state === "rejected" ? ["reason"] : [])];
  if (keys.join() !== due.join()) return `ends with the keys ${keys.join(", ")}`;
  if (!STATES.has(state)) return `has the state ${JSON.stringify(state)}`;
  if (!/^[0-9a-f]{64}$/.test(String(generation))) return "has a generation that is none";
  if (basename(path) !== `.openclaw-refresh-${String(generation).slice(0, 32)}.json`) return "has another name";
  const isCode = typeof reason === "string" && /^[a-z0-9_.-]{1,64}$/.test(reason);
  return state === "rejected" && !isCode ? "has a reason that is no error code" : undefined;
}
