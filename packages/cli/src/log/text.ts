import { stripVTControlCharacters } from "node:util";

/** A line of a log, as far as it can be told what is text in it. */
export interface LogText {
  /** Without colours; of a line of JSON its texts, the others as `key=value`. */
  readonly text: string;
  /** As written; undefined: the line has none. */
  readonly time?: string;
  /** It begins as lines of logs do, and prose does not. */
  readonly isLog: boolean;
}

const ISO = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?`;
const TIME = new RegExp(String.raw`^\W{0,3}(${ISO}|\d\d:\d\d:\d\d(?:\.\d+)?|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d)`);
const BEGINS =
  /^\W{0,3}(?:\[[\w/.: -]+\]|[A-Za-z]*Error:|(?:ERROR|WARN(?:ING)?|INFO|FATAL|error|warn|info)\b[\s:]|(?:code|level|msg|event)=)/;
const MOST_VALUES = 200;

export function textOf(line: string): LogText {
  const plain = stripVTControlCharacters(line).trim();
  const record = plain.startsWith("{") ? parse(plain) : undefined;
  if (!record) {
    const time = TIME.exec(plain)?.[1];
    return { text: plain, ...(time !== undefined && { time }), isLog: time !== undefined || BEGINS.test(plain) };
  }
  const parts: string[] = [];
  collect(record, "", parts);
  const time = timeOf(record);
  return { text: parts.join(" "), ...(time !== undefined && { time }), isLog: true };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

// Keys whose value is what was said; `log` is Docker's, `MESSAGE` the journal's, numbers are those of OpenClaw's own log.
const SAID = /^(?:\d+|message|msg|log|text|error|err|stack|MESSAGE|detail|rawErrorPreview|consoleMessage)$/;
// Where it was said from, never what.
const PASSED = /^(?:_meta|path|filePath.*|hostname|runtime|time|timestamp|ts|date|tags|__.*|_[A-Z].*)$/;

function collect(value: unknown, key: string, parts: string[]): void {
  if (parts.length >= MOST_VALUES) return;
  if (typeof value === "string") {
    const text = stripVTControlCharacters(value).trim();
    const inner = text.startsWith("{") ? parse(text) : undefined;
    if (inner) collect(inner, key, parts);
    else if (key === "" || SAID.test(key)) parts.push(text);
    else parts.push(`${key}=${text}`);
  } else if (typeof value === "number" || typeof value === "boolean") {
    if (!/^\d*$/.test(key)) parts.push(`${key}=${value}`);
  } else if (Array.isArray(value)) {
    // The journal writes a message with colours in it as a list of bytes.
    if (key === "MESSAGE" && value.every((byte) => typeof byte === "number"))
      collect(Buffer.from(value as number[]).toString("utf8"), key, parts);
    else for (const item of value) collect(item, key, parts);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (!PASSED.test(name)) collect(item, name, parts);
    }
  }
}

function timeOf(record: Record<string, unknown>): string | undefined {
  const meta = record["_meta"] as Record<string, unknown> | undefined;
  const given = [record["time"], record["timestamp"], record["ts"], record["date"], meta?.["date"]];
  const text = given.find((value) => typeof value === "string" && new RegExp(`^${ISO}`).test(value));
  if (typeof text === "string") return new RegExp(ISO).exec(text)![0];
  const number = given.find((value) => typeof value === "number" && value > 1e12 && value < 8.64e15);
  if (typeof number === "number") return new Date(number).toISOString();
  const micros = Number(record["__REALTIME_TIMESTAMP"]);
  return micros > 1e15 && micros < 8.64e18 ? new Date(micros / 1000).toISOString() : undefined;
}
