import { dirname, resolve } from "node:path";
import { acquireFileLock, type FileLock, isFileLockError, type WaitEvent } from "@openclaw/lock-helpers";
import { printable } from "@openclaw/lock-helpers/tools";
import { EXIT } from "../exit-codes.js";
import { staleMsIn } from "../find/policy.js";
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
  const signals = new SignalRelay();
  let lock: FileLock;
  try {
    lock = await acquireFileLock(target, optionsOf(target, flags, signals.signal));
  } catch (error) {
    if (signals.received) return { signal: signals.received };
    return refuse(error);
  }
  return await hold(lock, signals, command, args);
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
