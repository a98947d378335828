import { MAX_STORE_DEPTH } from "../generated/constants.js";

/** Text that is not JSON: it ends too early, or it could not go on to be any. */
export class NotJson extends Error {
  readonly kind: "torn" | "garbage";
  /** It ends in a string, where any character may follow. */
  readonly isInString: boolean;

  constructor(kind: "torn" | "garbage", isInString = false) {
    super(kind);
    this.kind = kind;
    this.isInString = isInString;
  }
}

export interface Scanned {
  readonly depth: number;
  /** An object has a key twice. Not looked for below the greatest depth that a store may have. */
  readonly hasTwice: boolean;
  readonly isObject: boolean;
}

const SPACE = /[ \t\r\n]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// Where a number may only go on: behind its sign, its point, the sign of its exponent. The longest comes first.
const NUMBER_BEGUN = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][+-]?|-?(?:0|[1-9][0-9]*)\.|-/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const ESCAPE_BEGUN = /\\(?:u[0-9a-fA-F]{0,3})?/y;
const WORDS = ["true", "false", "null"];

/** Where the match of a sticky expression ends; -1 when there is none. */
function end(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : -1;
}

export const skipSpace = (text: string, at: number): number => end(SPACE, text, at);

/** Where the string that begins here ends, behind its quote. */
export function stringEnd(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    at = end(PLAIN, text, at);
    if (at === text.length) throw new NotJson("torn", true);
    if (text[at] === '"') return at + 1;
    const behind = end(ESCAPE, text, at);
    if (behind < 0) throw new NotJson(end(ESCAPE_BEGUN, text, at) === text.length ? "torn" : "garbage");
    at = behind;
  }
}

/** Where the string, number or word that begins here ends. */
export function scalarEnd(text: string, at: number): number {
  if (text[at] === '"') return stringEnd(text, at);
  for (const word of WORDS) {
    if (text.startsWith(word, at)) return at + word.length;
    if (text.length - at < word.length && word.startsWith(text.slice(at))) throw new NotJson("torn");
  }
  if (end(NUMBER_BEGUN, text, at) === text.length) throw new NotJson("torn");
  const behind = end(NUMBER, text, at);
  if (behind < 0) throw new NotJson("garbage");
  return behind;
}

/** Checks a text by RFC 8259. Without recursion: a store of a million brackets must not overflow anything. */
export function scan(text: string): Scanned {
  const scanner = new Scanner(text);
  scanner.run();
  return scanner;
}

const OBJECT = 1;
const ARRAY = 2;

class Scanner implements Scanned {
  depth = 0;
  hasTwice = false;
  isObject = false;
  readonly #text: string;
  #at: number;
  // One byte a level, and the keys of each object that is not too deep to matter.
  #open = new Uint8Array(64);
  #level = 0;
  readonly #keys: Set<string>[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#at = skipSpace(text, 0);
  }

  run(): void {
    this.isObject = this.#text[this.#at] === "{";
    // Each turn reads one value up to where its first member is, or all that ends behind it.
    do {
      if (this.#openValue()) continue;
      while (this.#level > 0 && !this.#nextMember()) this.#close();
    } while (this.#level > 0);
    if (this.#at < this.#text.length) throw new NotJson("garbage");
  }

  /** At a value. Says whether it is a container with something in it, whose first value is next. */
  #openValue(): boolean {
    const bracket = this.#peek();
    if (bracket !== "{" && bracket !== "[") {
      this.#move(scalarEnd(this.#text, this.#at));
      return false;
    }
    this.#push(bracket === "{" ? OBJECT : ARRAY);
    this.#move(this.#at + 1);
    if (this.#peek() === (bracket === "{" ? "}" : "]")) {
      this.#close();
      return false;
    }
    if (bracket === "{") this.#key();
    return true;
  }

  /** Behind a value in a container. Says whether another one follows, and stands before it then. */
  #nextMember(): boolean {
    if (this.#peek() !== ",") return false;
    this.#move(this.#at + 1);
    if (this.#open[this.#level - 1] === OBJECT) this.#key();
    else this.#peek();
    return true;
  }

  #key(): void {
    if (this.#peek() !== '"') throw new NotJson("garbage");
    const behind = stringEnd(this.#text, this.#at);
    if (this.#level <= MAX_STORE_DEPTH) this.#note(this.#text.slice(this.#at, behind));
    this.#move(behind);
    if (this.#peek() !== ":") throw new NotJson("garbage");
    this.#move(this.#at + 1);
  }

  // Unescaped, since "a" and "\u0061" are one key.
  #note(quoted: string): void {
    const key = JSON.parse(quoted) as string;
    const keys = this.#keys[this.#level - 1]!;
    if (keys.has(key)) this.hasTwice = true;
    keys.add(key);
  }

  #push(bracket: number): void {
    if (this.#level === this.#open.length) {
      const larger = new Uint8Array(this.#open.length * 2);
      larger.set(this.#open);
      this.#open = larger;
    }
    this.#open[this.#level++] = bracket;
    this.depth = Math.max(this.depth, this.#level);
    if (this.#level <= MAX_STORE_DEPTH) this.#keys[this.#level - 1] = new Set();
  }

  #close(): void {
    const bracket = this.#open[this.#level - 1] === OBJECT ? "}" : "]";
    if (this.#peek() !== bracket) throw new NotJson("garbage");
    this.#level--;
    this.#move(this.#at + 1);
  }

  #peek(): string {
    const sign = this.#text[this.#at];
    if (sign === undefined) throw new NotJson("torn");
    return sign;
  }

  #move(to: number): void {
    this.#at = skipSpace(this.#text, to);
  }
}
