import { isDeepStrictEqual } from "node:util";
import type { CaseContext, Driver, OkReply } from "../../engine/case.js";
import { readData } from "../../engine/data.js";

export interface PayloadVector extends Bytes {
  readonly name: string;
  readonly rule: string;
  readonly expect: Readonly<Record<string, unknown>>;
}

export interface VerdictVector {
  readonly name: string;
  readonly rule: string;
  readonly lock: object;
  readonly system: object;
  readonly staleMs: number;
  readonly trustPids?: boolean;
  readonly expect: Readonly<Record<string, unknown>>;
}

/** Bytes and what they are, or what an edit makes of them. */
export interface StoreVector extends Bytes {
  readonly name: string;
  readonly rule: string;
  readonly edits?: readonly object[];
  readonly mountinfo?: string;
  readonly path?: string;
  readonly loneSurrogate?: boolean;
  readonly expect: Readonly<Record<string, unknown>> & Bytes;
}

/** The member named after its verb, or `paths`, `credential` or `owner`, has the question. */
export interface PureVector {
  readonly name: string;
  readonly rule: string;
  readonly loneSurrogate?: boolean;
  readonly expect: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** `lock`, `locks` or `evidence` has the question. */
export interface ForeignVector {
  readonly name: string;
  readonly rule: string;
  readonly lock?: object;
  readonly locks?: string;
  readonly evidence?: object;
  readonly expect: Readonly<Record<string, unknown>>;
}

export interface Bytes {
  readonly bytes?: string;
  readonly base64?: string;
  readonly repeat?: Readonly<Record<string, string>> & { readonly times: number };
}

export const payloadVectors = (): PayloadVector[] => JSON.parse(readData("spec/vectors/payload.json"));
export const storeVectors = (): StoreVector[] => JSON.parse(readData("spec/vectors/store.json"));
export const refreshVectors = (): PureVector[] => JSON.parse(readData("spec/vectors/refresh.json"));
export const stateVectors = (): PureVector[] => JSON.parse(readData("spec/vectors/state.json"));
export const foreignVectors = (): ForeignVector[] => JSON.parse(readData("spec/vectors/foreign.json"));
export const verdictVectors = (): VerdictVector[] => JSON.parse(readData("spec/vectors/verdict.json"));

const ANSWERS = { verdict: "held", reason: "witness-answers", conclusive: true };

/** Who cannot ask for a witness's maker takes a fork's answer for the owner's (WITNESS-7). */
export const expectedOf = (driver: Driver, { expect }: VerdictVector): VerdictVector["expect"] =>
  expect["reason"] === "witness-inherited" && !driver.has("peer-credentials") ? ANSWERS : expect;

/** In most languages a text cannot hold half a character: only those are asked about it whose texts are known to. */
const HOLD_HALVES: ReadonlySet<string> = new Set(["typescript", "python"]);

export const isSayable = (driver: Driver, { loneSurrogate }: { readonly loneSurrogate?: boolean }): boolean =>
  loneSurrogate !== true || HOLD_HALVES.has(driver.implementation.name);

export const base64Of = (bytes: Bytes): string => bytes.base64 ?? bytesOfVector(bytes).toString("base64");

export function bytesOfVector({ bytes, base64, repeat }: Bytes): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  return Buffer.from(bytes ?? written(repeat!), "utf8");
}

function written(repeat: NonNullable<Bytes["repeat"]>): string {
  const { prefix = "", unit = "", times, middle = "", closing = "", suffix = "" } = repeat;
  return prefix + unit.repeat(times) + middle + closing.repeat(times) + suffix;
}

const MOST_AT_ONCE = 64;

/** Asks the driver many questions, some of them under way at a time, and hands over each answer with its question. */
export async function askAll<Q>(
  driver: Driver,
  verb: string,
  questions: readonly Q[],
  fields: (question: Q) => object,
  judge: (question: Q, answer: OkReply) => void,
): Promise<void> {
  for (let first = 0; first < questions.length; first += MOST_AT_ONCE) {
    const batch = questions.slice(first, first + MOST_AT_ONCE);
    const answers = await Promise.all(
      batch.map((question) => driver.ask(verb, fields(question), { timeoutMs: 30_000 })),
    );
    for (const [index, question] of batch.entries()) judge(question, answers[index]!);
  }
}

/** The members that are expected are as expected; -0 is 0. */
export function agrees(
  context: CaseContext,
  check: string,
  name: string,
  answer: OkReply,
  expected: Readonly<Record<string, unknown>>,
): void {
  const given = Object.fromEntries(Object.keys(expected).map((key) => [key, plain(answer[key])]));
  context.check(check, isDeepStrictEqual(given, expected), () => {
    return `${name}: ${JSON.stringify(given)} instead of ${JSON.stringify(expected)}`;
  });
}

const plain = (value: unknown): unknown => (value === 0 ? 0 : value);
