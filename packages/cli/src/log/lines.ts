import { StringDecoder } from "node:string_decoder";

/** One line that may matter. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

// Any line with a sign has one of these words (test/log-lines.test.ts): lines without are never even cut out.
const INTERESTING =
  /lock(?:ed)?\b|_lock|lock_|lock-|refresh|auth|sqlite|EISDIR|1048576|openclaw v?20\d\d|openclaw@20\d\d|login failed|saved login|new access token|gateway-lifecycle/gi;

/** A longer one is looked at in pieces: memory must not grow with a line. */
const LONGEST = 1 << 18;

/** Cuts the lines that may matter out of a stream of bytes, however long it is. */
export class LineScanner {
  #rest = "";
  #number = 1;
  #utf16: StringDecoder | undefined;
  #isFirst = true;
  /** The last line has not ended yet. */
  #isOpen = false;

  /** How many lines there were so far. */
  get lines(): number {
    return this.#isOpen ? this.#number : this.#number - 1;
  }

  *add(chunk: Buffer): Generator<Line, void> {
    // One character a byte; a line that matters is decoded when it is cut out.
    const text = this.#rest + this.#bytes(chunk).toString("latin1");
    const end = text.lastIndexOf("\n");
    if (text !== "") this.#isOpen = !text.endsWith("\n");
    if (end >= 0) yield* this.#scan(text.slice(0, end + 1));
    this.#rest = end >= 0 ? text.slice(end + 1) : text;
    if (this.#rest.length <= LONGEST) return;
    yield* this.#scan(this.#rest);
    this.#rest = "";
  }

  *end(): Generator<Line, void> {
    const rest = this.#rest;
    if (rest === "") return;
    yield* this.#scan(rest);
  }

  *#scan(text: string): Generator<Line, void> {
    let from = 0;
    INTERESTING.lastIndex = 0;
    for (let hit = INTERESTING.exec(text); hit; hit = INTERESTING.exec(text)) {
      const begin = text.lastIndexOf("\n", hit.index) + 1;
      const newline = text.indexOf("\n", hit.index);
      const end = newline < 0 ? text.length : newline;
      this.#number += newlines(text, from, begin);
      from = begin;
      yield { number: this.#number, text: decode(text.slice(begin, end)) };
      INTERESTING.lastIndex = end;
    }
    this.#number += newlines(text, from, text.length);
  }

  // What PowerShell writes with `>`.
  #bytes(chunk: Buffer): Buffer {
    if (this.#isFirst && chunk.length > 0) {
      this.#isFirst = false;
      if (chunk[0] === 0xff && chunk[1] === 0xfe) {
        this.#utf16 = new StringDecoder("utf16le");
        chunk = chunk.subarray(2);
      }
    }
    return this.#utf16 ? Buffer.from(this.#utf16.write(chunk), "utf8") : chunk;
  }
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function decode(line: string): string {
  return Buffer.from(line, "latin1").toString("utf8");
}
