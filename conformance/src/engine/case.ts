import type { Attempt, Held, Pending, PendingAcquire } from "./operations.js";

/**
 * What a case author sees. A case is a `CaseDefinition` listed in `src/cases/index.ts`; the engine calls its `run` with a
 * fresh directory, and judges afterwards what the referee, the byte check and the drivers themselves have to say.
 */

export const CAPABILITIES = [
  "basic",
  "cancel",
  "lost",
  "inspect",
  "judge",
  "observe",
  "classify",
  "body",
  "nested",
  "threads",
  "points",
  "reclaim",
  "guard",
  "detail",
  "process",
  "witness",
  /** The maker of a witness can be asked for (`SO_PEERCRED`). */
  "peer-credentials",
  /** What is idle is unlinked when the process ends normally. */
  "exit-hook",
  "foreign",
  "signals",
  /** Ways in which a holder starts a child. */
  "fork",
  "exec",
  "worker",
  "adopt",
  "store",
  "refresh",
  "openclaw",
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** What the machine must offer; where it does not, the case is not applicable. */
export type Environment =
  | "linux"
  | "root"
  | "unshare"
  | "strace"
  | "python3"
  /** A C compiler. */
  | "cc"
  | "overlay"
  | "hidepid"
  | "time-namespace"
  | "user-namespace"
  /** Lockers of other people, in `lockers/`. */
  | "node-lockers"
  | "python-lockers"
  | "filelock"
  | "go-lockers"
  | "git"
  | "flock";

/** Each holds the cases of those before it. */
export const PROFILES = ["basic", "reclaim", "container", "refresh"] as const;
export type Profile = (typeof PROFILES)[number];

export const GROUPS = [
  "core",
  "staleness",
  "foreign",
  "process",
  "faults",
  "soak",
  "container",
  "adopt",
  "store",
  "refresh",
  "openclaw",
] as const;

export interface CaseDefinition {
  /** Slug of the behaviour, `release-leaves-a-successor-alone`. Never a number, never renamed. */
  readonly id: string;
  /** One line for the matrix. */
  readonly title: string;
  readonly group: (typeof GROUPS)[number];
  /** A failing MUST fails the run; a failing SHOULD warns, unless `--strict`. */
  readonly level: "MUST" | "SHOULD";
  /** The rules that it proves, `RELEASE-2`. */
  readonly rules: readonly string[];
  /** Numbers of the field cases behind it. */
  readonly field: readonly number[];
  readonly profile: Profile;
  /** What the implementation under test must have declared. */
  readonly needs: readonly Capability[];
  readonly environment?: readonly Environment[];
  /** Why it is not for this implementation; undefined where it is. Only for what no capability can say. */
  readonly inapplicable?: (implementation: ImplementationRef) => string | undefined;
  /**
   * Where it runs. `own` (the default): once for each implementation. `mix`: once with all helpers and peers together, and
   * with `--full` once for each pair. A stress case names both.
   */
  readonly columns?: readonly ("own" | "mix")[];
  /** In its own column too, `others` are the peers, OpenClaw's own lock code: also those that declare less than it needs. */
  readonly peers?: boolean;
  /** May run beside other cases with `--jobs`: neither stress, nor sensitive to a busy machine. */
  readonly parallel?: boolean;
  /** Nobody is meant to get a lock in it. Otherwise a case in which somebody asked and nobody acquired fails. */
  readonly refusalsOnly?: boolean;
  /** Why no mutant can fail it; without this it must have one. */
  readonly noMutant?: string;
  /** What is done and what must hold, for `explain`. */
  readonly how: string;
  /** The whole case, before scaling. */
  readonly timeoutMs: number;
  run(context: CaseContext): Promise<void>;
}

/** Which program plays a part. */
export interface ImplementationRef {
  /** Name of its column: `python`, `fs-safe-0.18.1`, `mutant:steals-by-age`. */
  readonly name: string;
  /** `driver` is what `--driver` named. */
  readonly kind: "helper" | "peer" | "driver" | "mutant";
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of a peer: its generation in `spec/openclaw.md`. */
  readonly generation?: string;
  /** Declared in its `hello`. Empty when it could not be asked. */
  readonly capabilities: ReadonlySet<Capability>;
}

export interface CaseContext {
  readonly id: string;
  /** The one under test. Of a mix: the first. */
  readonly implementation: ImplementationRef;
  /** Empty unless the case runs in a mix or says `peers`. */
  readonly others: readonly ImplementationRef[];
  /** `implementation` and `others`. */
  readonly team: readonly ImplementationRef[];
  /** A fresh state directory laid out like OpenClaw's, writable by everybody. Removed when the case has passed. */
  readonly dir: string;
  readonly random: Random;
  readonly full: boolean;
  readonly scale: number;
  readonly referee: Referee;

  /** The small count by default, the large one with `--full`. */
  pick(defaultCount: number, fullCount: number): number;
  /** A limit that catches a wedge, scaled by `--time-scale`. */
  limit(ms: number): number;
  /**
   * A driver that has said hello. Without options it may come from the pool, where an earlier case left it idle and
   * holding nothing; with any option it is new. It is ended by the engine.
   */
  spawn(implementation?: ImplementationRef, options?: SpawnOptions): Promise<Driver>;
  /** Path of a file to guard, below `dir`; made with some content unless it is there. Default: the auth profiles. */
  target(name?: string): string;
  /** Records a check. A case passes when it has checked something and nothing was wrong. */
  check(id: string, ok: boolean, message: string | (() => string)): void;
  /** The same, and ends the case when it does not hold. */
  require(id: string, ok: boolean, message: string | (() => string)): asserts ok;
  /** Something that was measured and is no verdict: shown with the result, also of a case that has passed. */
  note(text: string): void;
  /** A line of the event log, shown when the case fails. */
  log(event: string, details?: Readonly<Record<string, unknown>>): void;
  /**
   * Writes a file in the name of the harness: its bytes are never held against a driver, and it may stay behind as long as
   * nobody changes it. `mtime` also sets the access time.
   */
  plant(path: string, content: string | Uint8Array, options?: { mtime?: Date; mode?: number }): void;
  /** The same for a path that the case makes by other means (a directory, a FIFO, a lock of another library). */
  planted(path: string): void;
  /** Says that this path may stay behind, and why. */
  excuse(path: string, reason: string): void;
  /** Locks, guards and markers may name this process too: the case has started it, and it is no driver. */
  bystander(name: string, pid: number): void;
  /** Runs when the case is over, however it ended; last registered first. */
  cleanup(action: () => void | Promise<void>): void;
  /** Checks every lock, guard and marker below `dir` against the writers' schema now. Also done after every acquire and event. */
  look(): void;
  /** A counter and a log for the `loop` verb. */
  counter(name?: string): GuardedCounter;
  sleep(ms: number): Promise<void>;
  /** Waits until the condition holds; fails the case (check `until`) when it does not within `limitMs`, scaled. */
  until(what: string, condition: () => boolean | Promise<boolean>, limitMs?: number): Promise<void>;
}

export interface SpawnOptions {
  /** Put before the command: `["unshare", "-Urpf", "--kill-child", "--mount-proc"]`. */
  readonly wrapper?: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Numbers that come again with the same `--seed`, case and column. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** Both ends included. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

export interface Referee {
  /**
   * Checks that the acknowledged holds exclude each other, and that the history of acquires and releases is one that a
   * lock with owners can have. The engine calls it at the end of every case; a case calls it to judge earlier.
   * `holds`: whether somebody must have held (default true where anyone has asked, unless the case is `refusalsOnly`).
   */
  judge(options?: { holds?: boolean }): void;
  /** Holds that were acknowledged, over all targets. */
  readonly holds: number;
  /** Acquires that were asked for while somebody held. */
  readonly contended: number;
  readonly kills: number;
  /** The case itself overwrote or removed the lock of this hold: it no longer counts. Call it just BEFORE doing so. */
  forfeit(held: Held): void;
  /** For a timeline: something that was going on without acknowledgement, such as a loop. */
  activity(driver: Driver, target: string, label: string): { end(): void };
}

export interface GuardedCounter {
  readonly counter: string;
  readonly log: string;
  /**
   * Checks counter and log against each other: no number twice, none missing but for kills, and the final number equal to
   * the completed holds. `completed` is left out when kills make it unknowable.
   */
  judge(expected: { completed?: number; kills?: number }): void;
  /** Holds in the log for each implementation's name in `hello`. */
  served(): ReadonlyMap<string, number>;
}

export interface OkReply {
  readonly status: "ok";
  readonly [field: string]: unknown;
}
export interface RefusedReply {
  readonly status: "refused";
  readonly code: string;
  readonly error: RefusalError;
}
/** What a driver may answer. `status: "error"` never gets this far: it is the driver's failure, and the case's. */
export type Reply = OkReply | RefusedReply;

export interface RefusalError {
  readonly message: string;
  readonly lockPath?: string;
  readonly target?: string;
  readonly waitedMs?: number;
  readonly hint?: string;
  readonly holder?: Holder;
  readonly kind?: string;
  readonly kernelLocks?: readonly KernelLock[];
  readonly errno?: string;
  readonly path?: string;
  readonly [field: string]: unknown;
}

export interface Holder {
  readonly pid?: number | null;
  readonly command?: string | null;
  readonly ageMs?: number | null;
  readonly verdict: string;
  readonly reason: string;
}

/** Who has locked the lock or the target in the kernel, FOREIGN-4. */
export interface KernelLock {
  readonly on?: "lock" | "target";
  readonly type: "flock" | "fcntl" | "ofd";
  readonly access: "READ" | "WRITE";
  readonly pid: number | null;
  readonly command?: string | null;
}

export interface Inspection {
  readonly lockPath: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly conclusive: boolean;
  readonly holder: Holder | null;
  readonly kind?: string | null;
  readonly kernelLocks?: readonly KernelLock[];
}

/** Options of a lock, as in `spec/driver.md`. A number that JSON cannot write goes over as a string. */
export interface LockOptions {
  readonly timeoutMs?: number;
  readonly staleMs?: number;
  readonly foreignTimeoutMs?: number;
  readonly purpose?: string;
  readonly createParent?: boolean;
  readonly reclaim?: boolean;
  readonly witness?: "auto" | "always" | "never";
  readonly trustPids?: boolean;
  readonly removeForeign?: boolean;
}

export interface CallOptions {
  /** How long the reply may take, before scaling. Default 10 s, and for an acquire its own time-out and 10 s. */
  readonly timeoutMs?: number;
}

export interface LoopOptions {
  readonly rounds: number;
  readonly holdMs: number;
  readonly options?: LockOptions;
}

export interface LoopResult {
  readonly completed: number;
  readonly acquireMs: { readonly max: number; readonly mean: number };
}

/** How a process ended. */
export interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * One process under test. A lie, a hang or an early end is recorded as a fault of its own kind (`driver/…`), ends the case
 * and never passes; an author need not look for them.
 */
export interface Driver {
  readonly implementation: ImplementationRef;
  /** `python#2`: for messages and timelines. */
  readonly name: string;
  /** Its own number as it says itself: inside a PID namespace, what the payload must show. */
  readonly pid: number;
  /** The number under which this suite can signal it. */
  readonly osPid: number;
  readonly alive: boolean;
  readonly exited: Promise<Exit>;
  /** The last lines of its log, oldest first. */
  readonly stderrTail: readonly string[];

  has(capability: Capability): boolean;
  /** Sends a request; `ok` or `refused` comes back. */
  call(verb: string, fields?: object, options?: CallOptions): Promise<Reply>;
  /** The same, where only `ok` is right; a refusal fails the case under the check `<verb>-refused`. */
  ask(verb: string, fields?: object, options?: CallOptions): Promise<OkReply>;
  /** Sends a request and answers at once, for what must be under way meanwhile. */
  start(verb: string, fields?: object, options?: CallOptions): Pending;

  /** Takes the lock; a refusal fails the case under the check `acquire-refused`. */
  acquire(target: string, options?: LockOptions, call?: CallOptions): Promise<Held>;
  tryAcquire(target: string, options?: LockOptions, call?: CallOptions): Promise<Attempt>;
  /** An acquire that waits while the case goes on. */
  startAcquire(target: string, options?: LockOptions, call?: CallOptions): PendingAcquire;
  inspect(target: string): Promise<Inspection>;
  /** Contention without acknowledgements; its refusal fails the case under `loop-refused`. Killed meanwhile: undefined. */
  loop(
    target: string,
    counter: GuardedCounter,
    options: LoopOptions,
    call?: CallOptions,
  ): Promise<LoopResult | undefined>;

  /** The process will stop or kill itself at the nth reach of a point (`spec/points.md`). */
  arm(point: string, action: "stop" | "kill", nth?: number): Promise<void>;
  /** Waits for an armed point, and until the process has really stopped or ended. Limit before scaling, default 10 s. */
  nextEvent(point: string, options?: CallOptions): Promise<void>;

  /** Something that the case has set up may kill it: its end is no fault from now on. */
  doom(): void;
  /** SIGSTOP, and waits until it stands still. Its holds go on. */
  stop(): Promise<void>;
  cont(): void;
  /** Ends its holds for the referee, sends the signal and waits for the end. Default SIGKILL. */
  kill(signal?: NodeJS.Signals): Promise<Exit>;
  /** A clean end: what is still held is no longer counted as held. */
  bye(): Promise<Exit>;
  /** Closes its input, which ends it too. */
  endInput(): Promise<Exit>;
}

export type { MutantDefinition, Patch } from "./mutant-definition.js";
export type { Attempt, Held, Pending, PendingAcquire } from "./operations.js";
