import { VERSION } from "@openclaw/lock-helpers/tools";
import type { Root } from "../find/roots.js";
import type { Entry } from "../judge/entry.js";
import type { Output } from "./output.js";
import type { Reporter } from "./reporter.js";
import type { Tally } from "./summary.js";

// JSON.stringify leaves these as they are. Escaped they mean the same, and can do nothing to a screen.
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** For programs: one object (schemas/locks-status.schema.json), written as it is found, an entry a line. */
export class JsonReporter implements Reporter {
  readonly #output: Output;
  readonly #command: string;
  readonly #places: string[] = [];
  readonly #unreadable: { path: string; reason: string }[] = [];
  readonly #skipped: { path: string; reason: string }[] = [];
  #isFirst = true;

  constructor(output: Output, command: "status" | "sweep") {
    this.#output = output;
    this.#command = command;
  }

  async place(root: Root): Promise<void> {
    this.#places.push(root.path);
  }

  async entry(entry: Entry): Promise<void> {
    await this.#output.write(`${this.#isFirst ? this.#opening() : ",\n"}    ${json(entry)}`);
    this.#isFirst = false;
  }

  async unreadable(path: string, reason: string): Promise<void> {
    this.#unreadable.push({ path, reason });
  }

  async skipped(path: string, reason: string): Promise<void> {
    this.#skipped.push({ path, reason });
  }

  async end(tally: Tally, exitStatus: number): Promise<void> {
    const head = this.#isFirst ? this.#opening() : "\n";
    const rest = {
      places: this.#places,
      unreadable: this.#unreadable,
      skipped: this.#skipped,
      summary: { held: tally.held, needsAttention: tally.stuck, states: tally.states, actions: tally.actions },
      exitStatus,
    };
    const lines = Object.entries(rest).map(([key, value]) => `  ${json(key)}: ${json(value)}`);
    await this.#output.write(`${head}  ],\n${lines.join(",\n")}\n}\n`);
  }

  #opening(): string {
    const head = {
      version: 1,
      command: this.#command,
      tool: `openclaw-locks/${VERSION}`,
      time: new Date().toISOString(),
    };
    const lines = Object.entries(head).map(([key, value]) => `  ${json(key)}: ${json(value)}`);
    return `{\n${lines.join(",\n")},\n  "entries": [\n`;
  }
}

/** JSON that a screen can bear. */
export function json(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
