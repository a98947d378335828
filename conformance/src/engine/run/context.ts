import { chmodSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  CaseContext,
  CaseDefinition,
  Driver,
  GuardedCounter,
  ImplementationRef,
  Random,
  Referee,
  SpawnOptions,
} from "../case.js";
import { sleep } from "../clock.js";
import { CheckFailed, CouldNotRun } from "../failure.js";
import { CounterFile } from "../judge/counter.js";
import { DEFAULT_TARGET, guardedFile } from "./layout.js";
import type { CaseSession } from "./session.js";

const UNTIL_MS = 10_000;
const POLL_MS = 5;

export interface ContextOptions {
  readonly definition: CaseDefinition;
  readonly implementation: ImplementationRef;
  readonly others: readonly ImplementationRef[];
  readonly dir: string;
  readonly random: Random;
  readonly full: boolean;
  readonly scale: number;
}

/** What a case is given: its session, in the words of a case author. */
export class Context implements CaseContext {
  readonly id: string;
  readonly implementation: ImplementationRef;
  readonly others: readonly ImplementationRef[];
  readonly team: readonly ImplementationRef[];
  readonly dir: string;
  readonly random: Random;
  readonly full: boolean;
  readonly scale: number;
  readonly referee: Referee;
  /** The case has been judged: what is still running of it may look on, and no more. */
  over = false;
  readonly cleanups: (() => void | Promise<void>)[] = [];

  constructor(
    options: ContextOptions,
    private readonly session: CaseSession,
  ) {
    this.id = options.definition.id;
    this.implementation = options.implementation;
    this.others = options.others;
    this.team = [options.implementation, ...options.others];
    this.dir = options.dir;
    this.random = options.random;
    this.full = options.full;
    this.scale = options.scale;
    this.referee = session.referee;
    // Cases take these apart and pass them on.
    for (const name of [
      "check",
      "require",
      "log",
      "note",
      "plant",
      "planted",
      "excuse",
      "spawn",
      "target",
      "until",
      "look",
    ] as const) {
      Object.defineProperty(this, name, { value: this[name].bind(this) });
    }
  }

  pick(defaultCount: number, fullCount: number): number {
    return this.full ? fullCount : defaultCount;
  }

  limit(ms: number): number {
    return ms * this.scale;
  }

  spawn(implementation: ImplementationRef = this.implementation, options?: SpawnOptions): Promise<Driver> {
    if (this.over) throw new CouldNotRun("the case is over");
    return this.session.spawn(implementation, options);
  }

  target(name = DEFAULT_TARGET): string {
    return guardedFile(this.dir, name);
  }

  check(id: string, ok: boolean, message: string | (() => string)): void {
    if (!this.over) this.session.check(id, ok, message);
  }

  require(id: string, ok: boolean, message: string | (() => string)): asserts ok {
    this.check(id, ok, message);
    if (!ok) throw new CheckFailed(id, typeof message === "string" ? message : message());
  }

  note(text: string): void {
    this.session.notes.push(text);
    this.session.log("note", { text });
  }

  log(event: string, details?: Readonly<Record<string, unknown>>): void {
    this.session.log(event, details);
  }

  plant(path: string, content: string | Uint8Array, options: { mtime?: Date; mode?: number } = {}): void {
    writeFileSync(path, content);
    chmodSync(path, options.mode ?? 0o644);
    if (options.mtime !== undefined) utimesSync(path, options.mtime, options.mtime);
    this.planted(path);
  }

  planted(path: string): void {
    this.session.planted.remember(path);
    this.session.log("planted", { path });
  }

  excuse(path: string, reason: string): void {
    this.session.excused.add(path);
    this.session.log("excused", { path, reason });
  }

  bystander(name: string, pid: number): void {
    this.session.introduce(pid, { name, isPeer: false });
  }

  cleanup(action: () => void | Promise<void>): void {
    this.cleanups.push(action);
  }

  look(): void {
    this.session.bytes.look();
  }

  counter(name = "guarded"): GuardedCounter {
    const report = (id: string, ok: boolean, message: string): void => this.check(id, ok, message);
    return new CounterFile(join(this.dir, `${name}.count`), join(this.dir, `${name}.log`), report);
  }

  sleep(ms: number): Promise<void> {
    return sleep(ms);
  }

  async until(what: string, condition: () => boolean | Promise<boolean>, limitMs = UNTIL_MS): Promise<void> {
    const limit = this.limit(limitMs);
    const deadline = performance.now() + limit;
    while (!(await condition())) {
      if (performance.now() > deadline) this.require("until", false, `waited ${Math.round(limit)} ms in vain: ${what}`);
      await sleep(POLL_MS);
    }
  }
}
