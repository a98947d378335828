import { redact } from "./redact.js";
import type { Sign } from "./rules.js";
import { type About, signsOf, versionIn } from "./signs.js";
import { textOf } from "./text.js";

/** A line of a log, as it may be shown. */
export interface Quote {
  readonly log: string;
  readonly line: number;
  readonly time?: string;
  readonly text: string;
}

/** All lines of one sign about one thing. */
export interface Finding {
  readonly sign: Sign;
  readonly about: About;
  count: number;
  readonly first: Quote;
  last: Quote;
  readonly reasons: Set<string>;
}

// What stays in memory, however long a log is.
const MOST_FINDINGS = 300;
const MOST_REASONS = 5;
const LONGEST_QUOTE = 320;

/** What the lines of all logs come to. */
export class Findings {
  readonly #byKey = new Map<string, Finding>();
  version: string | undefined;
  #previous: { readonly number: number; readonly text: string } | undefined;

  add(log: string, number: number, line: string): void {
    const joined = this.#join(number, line);
    const read = textOf(joined);
    this.version = versionIn(read.text) ?? this.version;
    const found = signsOf(read);
    if (found.length === 0) return;
    const end = Math.max(...found.map((one) => one.end));
    const quote: Quote = {
      log,
      line: number,
      ...(read.time !== undefined && { time: read.time }),
      text: quoted(read.text, end),
    };
    for (const { sign, about } of found) this.#count(sign, about, quote);
  }

  all(): readonly Finding[] {
    return [...this.#byKey.values()];
  }

  of(sign: Sign): readonly Finding[] {
    return this.all().filter((finding) => finding.sign === sign);
  }

  // A terminal or a report breaks this one before its path.
  #join(number: number, line: string): string {
    const previous = this.#previous;
    this.#previous = /\bfile lock timeout\s+for\s*$/.test(line) ? { number, text: line.trimEnd() } : undefined;
    return previous?.number === number - 1 && /^\s*(?:[/~]|[A-Za-z]:)/.test(line)
      ? `${previous.text} ${line.trimStart()}`
      : line;
  }

  #count(sign: Sign, about: About, quote: Quote): void {
    let key = `${sign}\0${about.path ?? `\0${about.provider ?? ""}`}`;
    if (!this.#byKey.has(key) && this.#byKey.size >= MOST_FINDINGS) key = sign;
    let finding = this.#byKey.get(key);
    if (finding) {
      finding.count++;
      finding.last = quote;
    } else {
      finding = { sign, about, count: 1, first: quote, last: quote, reasons: new Set() };
      this.#byKey.set(key, finding);
    }
    if (about.reason !== undefined && finding.reasons.size < MOST_REASONS) finding.reasons.add(about.reason);
  }
}

// Of a long line the part that was recognised, and what leads to it.
function quoted(text: string, end: number): string {
  const until = Math.max(end, LONGEST_QUOTE);
  const tail = text.length > until ? "…" : "";
  const from = Math.max(0, Math.min(until, text.length) - LONGEST_QUOTE);
  return `${from > 0 ? "…" : ""}${redact(text.slice(0, until)).slice(from)}${tail}`;
}
