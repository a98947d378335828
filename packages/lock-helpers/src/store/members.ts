import { scalarEnd, skipSpace, stringEnd } from "./scan.js";

/** A key and its value, as they stand in a text that is known to be a store. */
export interface Member {
  /** The white space between the key and the bracket or comma before it. */
  readonly gap: string;
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The members of the object whose bracket is here. */
export function* membersOf(text: string, bracket: number): Generator<Member, void> {
  let gapStart = bracket + 1;
  for (;;) {
    const keyStart = skipSpace(text, gapStart);
    if (text[keyStart] === "}") return;
    const keyEnd = stringEnd(text, keyStart);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = endOf(text, valueStart);
    const key = JSON.parse(text.slice(keyStart, keyEnd)) as string;
    yield { gap: text.slice(gapStart, keyStart), key, keyStart, keyEnd, valueStart, valueEnd };
    const behind = skipSpace(text, valueEnd);
    if (text[behind] === "}") return;
    gapStart = behind + 1;
  }
}

// Up to the next string, or what opens or closes a container.
const NEITHER = /[^"{}[\]]*/y;

/** Where the value that begins here ends. */
export function endOf(text: string, start: number): number {
  if (text[start] !== "{" && text[start] !== "[") return scalarEnd(text, start);
  let depth = 0;
  for (let at = start; ; ) {
    NEITHER.lastIndex = at;
    NEITHER.test(text);
    at = NEITHER.lastIndex;
    if (text[at] === '"') {
      at = stringEnd(text, at);
      continue;
    }
    depth += text[at] === "{" || text[at] === "[" ? 1 : -1;
    at++;
    if (depth === 0) return at;
  }
}
