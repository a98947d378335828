import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { readData } from "../data.js";

interface WriterSchema {
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Schemas {
  readonly writer: ValidateFunction;
  readonly reader: ValidateFunction;
  readonly order: readonly string[];
}

let schemas: Schemas | undefined;

function load(): Schemas {
  if (schemas !== undefined) return schemas;
  const ajv = new Ajv2020({ strict: false });
  const read = (name: string): WriterSchema => JSON.parse(readData(`schemas/lock-payload-${name}.schema.json`));
  const writer = read("writer");
  schemas = {
    writer: ajv.compile(writer),
    reader: ajv.compile(read("reader")),
    order: Object.keys(writer.properties),
  };
  return schemas;
}

const MAX_BYTES = 4096;

const complaint = (validate: ValidateFunction): string => {
  const [error] = validate.errors ?? [];
  const extra = error?.params?.["additionalProperty"];
  return `${error?.instancePath || "payload"} ${error?.message ?? "is wrong"}${extra === undefined ? "" : `: ${String(extra)}`}`;
};

/** What is wrong with the bytes of a lock, guard or marker by PAYLOAD-1 to PAYLOAD-3; undefined when nothing is. */
export function writerFault(
  bytes: Buffer,
): { check: "bytes/torn" | "bytes/schema" | "bytes/form"; message: string } | undefined {
  if (bytes.length === 0) return { check: "bytes/torn", message: "is empty" };
  const text = bytes.toString("utf8");
  const payload = parse(text);
  if (payload === undefined) return { check: "bytes/torn", message: "is not a JSON object" };
  const { writer, order } = load();
  if (!writer(payload)) return { check: "bytes/schema", message: complaint(writer) };
  if (bytes.length > MAX_BYTES) return { check: "bytes/form", message: `has ${bytes.length} bytes, over ${MAX_BYTES}` };
  const keys = Object.keys(payload);
  const due = order.filter((key) => keys.includes(key));
  if (keys.join() !== due.join())
    return { check: "bytes/form", message: `has its keys in the order ${keys.join(", ")}` };
  const lines = text.split("\n");
  const indented = lines.slice(1, -2).every((line) => /^ {2}"[a-zA-Z]+": \S/.test(line));
  const framed = lines[0] === "{" && lines.at(-2) === "}" && lines.at(-1) === "" && lines.length === keys.length + 3;
  if (!indented || !framed)
    return { check: "bytes/form", message: "is not indented by two spaces with one final newline" };
  return undefined;
}

/** What is wrong with a lock of OpenClaw's own code, where even a usable owner may come only with the next write. */
export function peerFault(bytes: Buffer): string | undefined {
  const payload = parse(bytes.toString("utf8"));
  if (payload === undefined) return undefined;
  const { reader } = load();
  return reader(payload) ? undefined : complaint(reader);
}

export function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
