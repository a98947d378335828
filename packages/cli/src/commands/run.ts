import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { acquireFileLock, type FileLock, isFileLockError, type WaitEvent } from "@openclaw/lock-helpers";
import { printable } from "@openclaw/lock-helpers/tools";
import { EXIT } from "../exit-codes.js";
import { staleMsIn } from "../find/policy.js";
import { shellWord } from "../render/shell.js";
import { takeFlock } from "../run/also-flock.js";
import { isHeldAround, withHeld } from "../run/nesting.js";
import { notStarted, type Outcome, outcomeOf, start } from "../run/outcome.js";
import { refusalOf } from "../run/refusal.js";
import { dieBy, SignalRelay } from "../run/signals.js";
import { checkTarget } from "../run/target.js";
import { Watchdog } from "../run/watchdog.js";
import { complain, say } from "../say.js";

export interface RunFlags {
  readonly timeout: number;
  readonly stale?: number;
  readonly purpose?: string;
  readonly createParent?: boolean;
  readonly trustPids?: boolean;
  readonly quiet?: boolean;
  readonly alsoFlock?: boolean;
}

/** What `run` ends with: an exit status, or the signal to die by. */
export type Ending = { readonly status: number } | { readonly signal: NodeJS.Signals };

/** Runs a command while holding the lock of a file, and ends as the command did. */
export async function run(target: string, command: string, args: readonly string[], flags: RunFlags): Promise<Ending> {
  checkTarget(target);
  if (isHeldAround(target, process.env)) {
    const sentence = `file lock reentrant for ${printable(target)}: the \`openclaw-locks run\` around this command holds it`;
    complain(sentence, "leave out the inner one, it is protected already", "file_lock_reentrant");
    return { status: EXIT.busy };
  }
  const begun = performance.now();
  const signals = new SignalRelay();
  let lock: FileLock;
  try {
    lock = await acquireFileLock(target, optionsOf(target, flags, signals.signal));
  } catch (error) {
    if (signals.received) return { signal: signals.received };
    return refuse(error);
  }
  const left = Math.max(0, flags.timeout - (performance.now() - begun));
  const flock = flags.alsoFlock ? await lockToo(target, left, signals) : undefined;
  if (flock && "ending" in flock) {
    lock.releaseSync();
    return flock.ending;
  }
  try {
    return await hold(lock, signals, command, args);
  } finally {
    await flock?.release();
  }
}

interface Release {
  release(): Promise<void>;
}

/** Locks the file itself, for programs that go by flock; or says why not. */
async function lockToo(target: string, timeoutMs: number, signals: SignalRelay): Promise<Release | { ending: Ending }> {
  const shown = printable(target);
  const refused = (status: number, sentence: string, nextStep: string, code: string) => {
    complain(sentence, nextStep, code);
    return { ending: { status } };
  };
  // flock(1) would make it, empty: no program of OpenClaw's expects that.
  if (!existsSync(target)) {
    return refused(EXIT.io, `${shown} does not exist`, "make it first, or leave out --also-flock", "flock_no_file");
  }
  const flock = await takeFlock(target, timeoutMs, signals.signal);
  if (flock.kind === "held") {
    flock.onLost(() => say(`the flock on ${shown} was lost: the command goes on without it`));
    return flock;
  }
  if (signals.received) return { ending: { signal: signals.received } };
  if (flock.kind === "missing") {
    return refused(
      EXIT.blocked,
      "there is no flock(1) here",
      "install util-linux, or leave out --also-flock",
      "flock_missing",
    );
  }
  if (flock.kind === "busy") {
    const step = `see who: openclaw-locks status ${shellWord(target)}; or wait longer (--timeout)`;
    return refused(EXIT.busy, `a program has locked ${shown} with flock`, step, "flock_timeout");
  }
  return refused(EXIT.io, `${shown} cannot be locked with flock`, "see whether it can be opened", "flock_failed");
}

function optionsOf(target: string, flags: RunFlags, signal: AbortSignal): Parameters<typeof acquireFileLock>[1] {
  return {
    timeoutMs: flags.timeout,
    staleMs: staleMsIn(dirname(resolve(target)), { staleMs: flags.stale }),
    purpose: flags.purpose,
    createParent: flags.createParent,
    trustPids: flags.trustPids,
    signal,
    ...(!flags.quiet && { onWait: tellOnce() }),
  };
}

async function hold(lock: FileLock, signals: SignalRelay, command: string, args: readonly string[]): Promise<Ending> {
  const path = printable(lock.lockPath);
  const warn = () => say(`${path} was lost: the command goes on without protection`);
  lock.signal.addEventListener("abort", warn);
  let outcome: Outcome;
  try {
    outcome = signals.received
      ? { kind: "killed", signal: signals.received }
      : await execute(lock, signals, command, args);
  } catch (error) {
    outcome = notStarted(error);
  }
  lock.signal.removeEventListener("abort", warn);
  const failure = release(lock);
  if (outcome.kind === "not-started") {
    complain(`${printable(command)}: ${outcome.why}`, "check the name, or give the whole path", "command_not_started");
    return { status: outcome.status };
  }
  if (outcome.kind === "killed") return { signal: outcome.signal };
  // The command's own failure is the one to be seen.
  return { status: outcome.status === 0 ? failure : outcome.status };
}

async function execute(
  lock: FileLock,
  signals: SignalRelay,
  command: string,
  args: readonly string[],
): Promise<Outcome> {
  const watchdog = new Watchdog();
  try {
    const child = start(command, args, withHeld(lock.lockPath, process.env));
    const outcome = outcomeOf(child);
    if (child.pid !== undefined) {
      watchdog.watch(child.pid);
      signals.passTo(child);
    }
    return await outcome;
  } finally {
    watchdog.dismiss();
  }
}

function release(lock: FileLock): number {
  try {
    lock.releaseSync();
    return EXIT.ok;
  } catch (error) {
    return (refuse(error) as { status: number }).status;
  }
}

function refuse(error: unknown): Ending {
  if (!isFileLockError(error)) throw error;
  const { sentence, nextStep, status } = refusalOf(error);
  complain(sentence, nextStep, error.code);
  return { status };
}

// A wait of less than a second is none that anybody wants to read about.
function tellOnce(): (event: WaitEvent) => void {
  let isTold = false;
  return ({ lockPath, waitedMs, holder }) => {
    if (isTold || waitedMs < 500) return;
    isTold = true;
    const command = holder?.command === undefined ? "" : ` (${printable(holder.command, 64)})`;
    const who = holder?.pid === undefined ? "" : `: pid ${holder.pid}${command}`;
    say(`waiting for ${printable(lockPath)}${who}`);
  };
}

/** Ends this process as the command ended. */
export function end(ending: Ending): void {
  if ("signal" in ending) dieBy(ending.signal);
  process.exitCode = ending.status;
}
