import { isDeepStrictEqual } from "node:util";
import type { CaseContext, Driver, Reply } from "../../engine/case.js";

const MOST_AT_ONCE = 64;

/** As JSON values: a number is its value, keys have no order, and what is undefined is not there. */
const plain = (value: unknown): unknown => {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, plain(member)]));
};

export interface Question {
  readonly name: string;
  readonly verb: string;
  readonly fields: object;
  /** Members of the answer, or `code` (and `kind`) of a refusal. Null also stands for what is missing. */
  readonly expect: Readonly<Record<string, unknown>>;
}

/** Asks pure questions, many at a time, and checks the members that are expected. */
export async function askPure(
  context: CaseContext,
  check: string,
  driver: Driver,
  questions: readonly Question[],
): Promise<void> {
  for (let first = 0; first < questions.length; first += MOST_AT_ONCE) {
    const batch = questions.slice(first, first + MOST_AT_ONCE);
    const replies = await Promise.all(
      batch.map(({ verb, fields }) => driver.call(verb, fields, { timeoutMs: 60_000 })),
    );
    for (const [index, question] of batch.entries()) {
      const given = answerTo(question, replies[index]!);
      const { name, expect } = question;
      context.check(check, isDeepStrictEqual(given, plain(expect)), () => {
        return `${name}: ${shortened(given)} instead of ${shortened(expect)}`;
      });
    }
  }
}

function answerTo({ expect }: Question, reply: Reply): unknown {
  const members = reply.status === "ok" ? reply : { ...reply.error, code: reply.code };
  const all = members as Readonly<Record<string, unknown>>;
  // A refusal that was not expected shows itself by its code.
  const keys = reply.status === "refused" ? [...new Set(["code", ...Object.keys(expect)])] : Object.keys(expect);
  return plain(Object.fromEntries(keys.map((key) => [key, all[key] ?? null])));
}

const shortened = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
