import type { LockHolder } from "./errors.js";
import { FOREIGN_TIMEOUT_MS, MAX_PURPOSE_BYTES, MAX_TIMEOUT_MS, STALE_MS, TIMEOUT_MS } from "./generated/constants.js";

/** What the wait hook is told. */
export interface WaitEvent {
  readonly target: string;
  readonly lockPath: string;
  readonly waitedMs: number;
  /** Undefined while nobody can be named. */
  readonly holder: LockHolder | undefined;
}

/** The plugin SDK's retry options. */
export interface RetryOptions {
  readonly retries?: number | undefined;
  readonly factor?: number | undefined;
  readonly minTimeout?: number | undefined;
  readonly maxTimeout?: number | undefined;
  readonly randomize?: boolean | undefined;
}

/** Who listens on a socket beside its locks: whoever is in a container, everybody, nobody. */
export type WitnessPolicy = "auto" | "always" | "never";

export interface FileLockOptions {
  /** Longest wait in ms; 0 tries once. Default 10,000, at most 365 days. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait: acquire then rejects with `signal.reason`. It has no effect on a lock that is held. */
  readonly signal?: AbortSignal | undefined;
  /** Age in ms that the age-dependent rules ask for. Default 30,000. The living are never judged by age. */
  readonly staleMs?: number | undefined;
  /** Longest wait in ms for a lock that is not of this contract. Default 5,000. */
  readonly foreignTimeoutMs?: number | undefined;
  /** What the lock is for, to be read by people: at most 256 bytes of UTF-8. No secrets. */
  readonly purpose?: string | undefined;
  /** Make the parent directory, mode 0700, where it is missing. Default false. */
  readonly createParent?: boolean | undefined;
  /** Take over the lock of a dead holder. Default true; false reports it as `file_lock_stale` and removes nothing. */
  readonly reclaim?: boolean | undefined;
  /**
   * Whether this process listens on a socket beside its locks, by which other containers see whether it lives: `auto`
   * (in containers only), `always` or `never`. Default: `OPENCLAW_LOCKS_WITNESS`, else `auto`.
   */
  readonly witness?: WitnessPolicy | undefined;
  /**
   * Your word that nobody outside this container, now or since it began, uses the directory: dead holders are then taken
   * over at once where otherwise only their silence could tell. Default: `OPENCLAW_LOCKS_TRUST_PIDS`, else false.
   */
  readonly trustPids?: boolean | undefined;
  /**
   * Take the place of a lock that another locker has left: of a kind that may be removed (spec/foreign.json), untouched for
   * `staleMs` and while it was watched for 2 s, and seen to be used by nobody. Default false: it is never removed.
   */
  readonly removeForeign?: boolean | undefined;
  /** Called when a wait begins and at most once a second after. What it throws ends the wait. */
  readonly onWait?: ((event: WaitEvent) => void) | undefined;
  /**
   * The plugin SDK's way to say how long to wait: translated to the longest time that such retries take, pauses of
   * `minTimeout` (50 ms) times `factor` (1) each, up to `maxTimeout` (1,000 ms). `timeoutMs` wins over it.
   */
  readonly retries?: number | RetryOptions | undefined;
  /** The plugin SDK's name of `staleMs`, which wins over it. */
  readonly stale?: number | undefined;
}

/** @internal Options with every default filled in. */
export interface Settings {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly staleMs: number;
  readonly foreignTimeoutMs: number;
  readonly purpose: string | undefined;
  readonly createParent: boolean;
  readonly reclaim: boolean;
  readonly witness: WitnessPolicy;
  readonly trustPids: boolean;
  readonly removeForeign: boolean;
  readonly onWait: ((event: WaitEvent) => void) | undefined;
}

/** @internal An argument that was refused; the caller makes it a `file_lock_invalid_option`. */
export class OptionFault extends Error {}

/** @internal Checks and completes the options (WAIT-2, ERROR-4). Touches nothing; throws `OptionFault`. */
export function readOptions(options: unknown = {}): Settings {
  if (typeof options !== "object" || options === null) throw new OptionFault("options must be an object");
  const given = options as Readonly<Record<keyof FileLockOptions, unknown>>;
  const retryBudgetMs = given.retries === undefined ? TIMEOUT_MS : retryBudget(given.retries);
  return {
    timeoutMs: time("timeoutMs", given.timeoutMs) ?? time("retries", retryBudgetMs) ?? TIMEOUT_MS,
    signal: readSignal(given.signal),
    staleMs: time("staleMs", given.staleMs) ?? time("stale", given.stale) ?? STALE_MS,
    foreignTimeoutMs: time("foreignTimeoutMs", given.foreignTimeoutMs) ?? FOREIGN_TIMEOUT_MS,
    purpose: readPurpose(given.purpose),
    createParent: flag("createParent", given.createParent) ?? false,
    reclaim: flag("reclaim", given.reclaim) ?? true,
    witness: readWitness(given.witness),
    trustPids: flag("trustPids", given.trustPids) ?? trustFromEnvironment(),
    removeForeign: flag("removeForeign", given.removeForeign) ?? false,
    onWait: readHook(given.onWait),
  };
}

export function time(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const isTime = typeof value === "number" && value >= 0 && value <= MAX_TIMEOUT_MS;
  if (!isTime) throw new OptionFault(`${name} must be a number of milliseconds from 0 to 365 days`);
  return value;
}

function flag(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw new OptionFault(`${name} must be true or false`);
}

function readWitness(value: unknown): WitnessPolicy {
  const given = value ?? (process.env["OPENCLAW_LOCKS_WITNESS"] || "auto");
  if (given === "auto" || given === "always" || given === "never") return given;
  const name = value === undefined ? "OPENCLAW_LOCKS_WITNESS" : "witness";
  throw new OptionFault(`${name} must be auto, always or never`);
}

function trustFromEnvironment(): boolean {
  const given = process.env["OPENCLAW_LOCKS_TRUST_PIDS"] ?? "";
  if (given === "" || given === "0") return false;
  if (given === "1") return true;
  throw new OptionFault("OPENCLAW_LOCKS_TRUST_PIDS must be 1 or 0");
}

function readPurpose(value: unknown): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string" || Buffer.byteLength(value, "utf8") > MAX_PURPOSE_BYTES) {
    throw new OptionFault(`purpose must be text of at most ${MAX_PURPOSE_BYTES} bytes`);
  }
  return value;
}

function readSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  // Not by class: a signal may come from another realm, or from a polyfill.
  const signal = value as Partial<AbortSignal> | null;
  const isSignal = typeof signal?.aborted === "boolean" && typeof signal.addEventListener === "function";
  if (isSignal) return value as AbortSignal;
  throw new OptionFault("signal must be an AbortSignal");
}

function readHook(value: unknown): Settings["onWait"] {
  if (value === undefined || typeof value === "function") return value as Settings["onWait"];
  throw new OptionFault("onWait must be a function");
}

/** The longest time that the plugin SDK's retries would take. */
function retryBudget(value: unknown): number {
  const given = typeof value === "number" ? { retries: value } : value;
  if (typeof given !== "object" || given === null) throw new OptionFault("retries must be a number or an object");
  const { retries = 0, factor = 1, minTimeout = 50, maxTimeout = 1000, randomize = false } = given as RetryOptions;
  const numbers = [retries, factor, minTimeout, maxTimeout];
  const isSane = numbers.every((number) => Number.isFinite(number) && number >= 0) && Number.isInteger(retries);
  if (!isSane || typeof randomize !== "boolean") throw new OptionFault("retries must be finite and not negative");
  let totalMs = 0;
  for (let attempt = 0; attempt < retries; attempt++) {
    const pauseMs = Math.max(minTimeout, minTimeout * factor ** attempt);
    const longestMs = Math.min(maxTimeout, randomize ? pauseMs * 2 : pauseMs);
    // All further pauses are as long as this one: millions of them need not be counted one by one.
    if (factor <= 1 || pauseMs >= maxTimeout) return totalMs + longestMs * (retries - attempt);
    totalMs += longestMs;
  }
  return totalMs;
}
