import { MAX_DEPTH, MAX_PAYLOAD_BYTES, MAX_PID, MAX_READ_BYTES, MAX_TIMEOUT_MS } from "./generated/constants.js";
import type { LockPayload } from "./generated/payload.js";

export type { LockPayload } from "./generated/payload.js";

/** What the bytes of a regular file are (PAYLOAD-6). */
export type Content = "empty" | "oversized" | "garbage" | "json";

/** The keys that a reader judges by, each checked on its own (PAYLOAD-7 to PAYLOAD-10). */
export interface Owner {
  /** Null: the payload is ownerless. */
  readonly pid: number | null;
  /** Null: unrecorded. */
  readonly starttime: number | null;
  /** Epoch milliseconds, when it counts. */
  readonly createdAt: "absent" | "unparsable" | number;
  readonly platform?: string;
  readonly bootId?: string;
  readonly pidNamespace?: string;
  readonly timeNamespace?: string;
  readonly dev?: string;
  /** Bare name of a socket beside the lock. */
  readonly witness?: string;
  /** Null: unrecorded. */
  readonly heartbeatMs: number | null;
}

export type TextKey = (typeof TEXT_KEYS)[number];
export const TEXT_KEYS = ["platform", "bootId", "pidNamespace", "timeNamespace", "dev", "witness"] as const;

export type Classified =
  | { readonly content: "json"; readonly owner: Owner }
  | { readonly content: Exclude<Content, "json">; readonly owner?: undefined };

const WITNESS = /^\.openclaw-lock-[0-9a-f]{16}\.sock$/;

/** @internal The bare name of a witness: no other name is ever connected to (WITNESS-7). */
export function isWitnessName(name: string): boolean {
  return WITNESS.test(name);
}

/** @internal The bytes of a payload, in the order that its keys stand in (PAYLOAD-1). */
export function serialisePayload(payload: LockPayload): Buffer {
  const bytes = Buffer.from(`${JSON.stringify(payload, null, 2)}\n`, "utf8");
  if (bytes.length > MAX_PAYLOAD_BYTES) throw new RangeError(`lock payload exceeds ${MAX_PAYLOAD_BYTES} bytes`);
  return bytes;
}

/** @internal Classifies the bytes of a lock, a guard or a marker, and reads its owner. Never throws. */
export function classify(bytes: Uint8Array): Classified {
  if (bytes.length === 0) return { content: "empty" };
  if (bytes.length > MAX_READ_BYTES) return { content: "oversized" };
  // Buffer keeps a byte-order mark, which JSON.parse then refuses; TextDecoder would drop it.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  if (depthOf(text) > MAX_DEPTH) return { content: "garbage" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { content: "garbage" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { content: "garbage" };
  return { content: "json", owner: readOwner(value as Record<string, unknown>) };
}

function readOwner(record: Record<string, unknown>): Owner {
  const own = (key: string) => (Object.hasOwn(record, key) ? record[key] : undefined);
  const texts: Partial<Record<TextKey, string>> = {};
  for (const key of TEXT_KEYS) {
    const value = own(key);
    if (typeof value === "string" && value !== "" && (key !== "witness" || isWitnessName(value))) texts[key] = value;
  }
  const createdAt = own("createdAt");
  return {
    pid: integerWithin(own("pid"), 1, MAX_PID),
    starttime: integerWithin(own("starttime"), 0, Number.MAX_SAFE_INTEGER),
    createdAt: typeof createdAt === "string" ? (parseInstant(createdAt) ?? "unparsable") : "absent",
    ...texts,
    heartbeatMs: integerWithin(own("heartbeatMs"), 1, MAX_TIMEOUT_MS),
  };
}

/** @internal */
export function integerWithin(value: unknown, low: number, high: number): number | null {
  if (typeof value !== "number" || !Number.isInteger(value)) return null;
  return value >= low && value <= high ? value + 0 : null;
}

// V8 parses without recursion, other languages' parsers do not: all refuse at the same depth, before they parse.
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Epoch milliseconds of an RFC 3339 instant (PAYLOAD-9); undefined when it names no real day and time. */
function parseInstant(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, , , offsetHour, offsetMinute] = match.map(Number);
  if (hour! > 23 || minute! > 59 || second! > 59) return undefined;
  const sign = match[8];
  if (sign !== undefined && (offsetHour! > 23 || offsetMinute! > 59)) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  const isRealDay = date.getUTCMonth() === month! - 1 && date.getUTCDate() === day!;
  if (!isRealDay) return undefined;
  date.setUTCHours(hour!, minute!, second!, Number((match[7] ?? "").padEnd(3, "0").slice(0, 3)));
  const offset = sign === undefined ? 0 : (offsetHour! * 60 + offsetMinute!) * 60_000 * (sign === "-" ? -1 : 1);
  return date.getTime() - offset;
}
