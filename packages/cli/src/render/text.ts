import { relative, sep } from "node:path";
import { spokenDuration } from "../duration.js";
import type { Root } from "../find/roots.js";
import type { Entry } from "../judge/entry.js";
import { closing, type Passed } from "./closing.js";
import { type Paint, painter } from "./colour.js";
import { type Cell, paragraph, row } from "./columns.js";
import type { Output } from "./output.js";
import type { Reporter } from "./reporter.js";
import type { Tally } from "./summary.js";
import type { Terminal } from "./terminal.js";
import { ACTION_WORDS, capital, factWords, holderWords, kernelWords, kinship, STATE_WORDS, safe } from "./words.js";

const FIRST = 9;
const HOLDER = 16;
const AGE = 8;
/** Below this a table would be all broken lines: there each entry becomes a small paragraph. */
const NARROW = 60;

/** For people: a table, and under each row why and what to do. */
export class TextReporter implements Reporter {
  readonly #output: Output;
  readonly #width: number;
  readonly #paint: Paint;
  readonly #passed: Passed = { skipped: [], unreadable: [], absent: [] };
  #root = "";
  #hasHead = false;

  constructor(output: Output, terminal: Terminal) {
    this.#output = output;
    this.#width = terminal.width;
    this.#paint = painter(terminal.hasColour);
  }

  async place(root: Root): Promise<void> {
    this.#root = root.kind === "tree" ? root.path : "";
    this.#hasHead = false;
    if (root.kind === "absent") this.#passed.absent.push(root);
    if (root.kind !== "tree") return;
    const title = root.title === "" ? safe(root.path) : `${root.title}: ${safe(root.path)}`;
    await this.#line(this.#paint("bold", paragraph(title, this.#width, 0)));
  }

  async entry(entry: Entry): Promise<void> {
    if (!this.#hasHead) await this.#head(entry);
    await this.#line(this.#width < NARROW ? `\n${this.#stacked(entry)}` : this.#row(entry));
  }

  async unreadable(path: string, why: string): Promise<void> {
    this.#passed.unreadable.push({ path, why });
  }

  async skipped(path: string, why: string): Promise<void> {
    this.#passed.skipped.push({ path, why });
  }

  async end(tally: Tally): Promise<void> {
    if (this.#hasHead) await this.#line("");
    for (const line of closing(tally, this.#passed)) await this.#line(paragraph(line, this.#width, 0));
  }

  async #head(entry: Entry): Promise<void> {
    this.#hasHead = true;
    // Where nothing is broken nothing is aligned either.
    if (this.#width < NARROW || !Number.isFinite(this.#width)) return;
    await this.#line(this.#paint("dim", row(this.#cells(entry.action ? "DONE" : "STATE", "LOCK", "HOLDER", "AGE"))));
  }

  #row(entry: Entry): string {
    const first = this.#firstWord(entry);
    const age = entry.ageMs === undefined ? "" : spokenDuration(entry.ageMs);
    return [
      row(this.#cells(first, this.#name(entry), holderWords(entry), age)),
      ...this.#details(entry, FIRST + 2),
    ].join("\n");
  }

  #cells(first: string, lock: string, holder: string, age: string): Cell[] {
    const isBounded = Number.isFinite(this.#width);
    const rest = this.#width - FIRST - HOLDER - AGE - 6;
    return [
      { text: first, width: FIRST },
      { text: lock, width: rest },
      { text: holder, width: isBounded ? HOLDER : Number.POSITIVE_INFINITY },
      { text: age, width: AGE },
    ];
  }

  #stacked(entry: Entry): string {
    const { ageMs } = entry;
    const age = ageMs === undefined ? "" : `${spokenDuration(ageMs)} old`;
    const who = [holderWords(entry), age].filter((text) => text !== "").join(", ");
    return [
      paragraph(`${this.#firstWord(entry)} ${this.#name(entry)}`, this.#width, 0),
      ...(who === "" ? [] : [paragraph(who, this.#width, 2)]),
      ...this.#details(entry, 2),
    ].join("\n");
  }

  #details(entry: Entry, indent: number): string[] {
    const facts = factWords(entry);
    const isQuiet = entry.state === "other" || entry.state === "in-use" || entry.state === "free";
    const why = this.#about(entry) + entry.explanation;
    const kernel = kernelWords(entry);
    const lines = [
      ...(facts === "" ? [] : [facts]),
      why,
      ...kernel,
      ...(isQuiet || isDone(entry) ? [] : [`→ ${entry.advice}`]),
    ];
    return lines.map((line) => paragraph(line, this.#width, indent));
  }

  /** What its name does not say; and its state, where the first column says what was done. */
  #about(entry: Entry): string {
    const kin = kinship(entry, (path) => this.#shown(path));
    const state = entry.action === undefined ? "" : STATE_WORDS[entry.state][0];
    const about = [kin, state].filter((text) => text !== "").join(", ");
    return about === "" ? "" : `${capital(about)}. `;
  }

  #firstWord({ action, state }: Entry): string {
    const [word, colour] = action === undefined ? STATE_WORDS[state] : ACTION_WORDS[action];
    return this.#paint(colour, word);
  }

  #name({ path, state }: Entry): string {
    return this.#paint(state === "other" ? "dim" : "bold", this.#shown(path));
  }

  #shown(path: string): string {
    const isBelow = this.#root !== "" && path.startsWith(`${this.#root}${sep}`);
    return safe(isBelow ? relative(this.#root, path) : path);
  }

  #line(text: string): Promise<void> {
    return this.#output.write(`${text}\n`);
  }
}

function isDone({ action }: Entry): boolean {
  return action === "removed" || action === "would-remove";
}
