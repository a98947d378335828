import { constants } from "node:os";
import { isMainThread } from "node:worker_threads";
import { readText } from "./descriptor.js";
import type { Disposer } from "./file-lock.js";
import { invalidOptionError, unsupportedHereError } from "./messages.js";
import { removeAll, shared } from "./shared.js";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** A signal that asks a program to end. */
export type EndSignal = (typeof SIGNALS)[number];

export interface ReleaseOnSignalsOptions {
  /** Default: all three. */
  readonly signals?: readonly EndSignal[] | undefined;
}

/** Undoes it when it is called, or at the end of a `using` block. */
export type SignalRelease = (() => void) & Disposer;

type Listener = (signal: EndSignal, number: number) => void;

/** What the copies of this library in one process share of it. */
export interface SignalState {
  /** Those that are to release all locks. */
  readonly asked: Set<EndSignal>;
  /** How many refreshes are under way that no signal may end (REFRESH-8). */
  flights: number;
  /** Came while there were such. */
  readonly pending: Set<EndSignal>;
  readonly handlers: Map<EndSignal, () => void>;
  /** The program's own handlers, where they are to be called when the flights have settled. */
  readonly parked: Map<EndSignal, readonly Listener[]>;
}

const state = shared.signals;

/**
 * From now on TERM, INT and HUP release all locks that this thread holds, after a refresh under way has been saved. Then
 * handlers are called that the program has, or, where it has none, the signal ends it as it would have (RELEASE-10). A
 * second signal of the same kind during such a refresh takes effect at once. What was ignored stays ignored. A lock whose
 * holder lives on after that is as good as lost: its `signal` aborts, and `release` does nothing.
 *
 * Without this such a signal ends the program, and leaves its locks; whoever wants them next takes them at once.
 *
 * @returns undoes it for these signals, however often it was asked for.
 * @throws FileLockError: `file_lock_invalid_option`; `file_lock_unsupported` in a worker thread, which gets no signals.
 */
export function releaseOnSignals({ signals = SIGNALS }: ReleaseOnSignalsOptions = {}): SignalRelease {
  const areKnown = Array.isArray(signals) && signals.every((signal) => SIGNALS.includes(signal));
  if (!areKnown) throw invalidOptionError("", "signals must be a list of SIGTERM, SIGINT and SIGHUP");
  if (!isMainThread) throw unsupportedHereError("a worker thread gets no signals", "call it in the main thread");
  const wanted = signals.filter((signal) => !isIgnored(signal));
  for (const signal of wanted) {
    state.asked.add(signal);
    arrange(signal);
  }
  const undo = () => {
    for (const signal of wanted) {
      state.asked.delete(signal);
      arrange(signal);
    }
  };
  const { dispose } = Symbol as { dispose?: symbol };
  if (dispose) Object.defineProperty(undo, dispose, { value: undo });
  return undo as SignalRelease;
}

/**
 * @internal Keeps TERM, INT and HUP from ending the process before the flight has settled (REFRESH-8), where nobody else
 * handles them. A second one of the same kind takes effect at once.
 *
 * @returns lets them take effect; the last of several flights does.
 */
export function holdSignals(): () => void {
  if (!isMainThread || process.platform === "win32") return () => {};
  state.flights++;
  for (const signal of SIGNALS) arrange(signal);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--state.flights === 0) letGo();
  };
}

// Puts the handlers of one signal in the order that what was asked, and what is under way, wants.
function arrange(signal: EndSignal): void {
  const { asked, flights, handlers, parked } = state;
  const isFlying = flights > 0;
  const isFree = () => handlers.has(signal) || (process.listenerCount(signal) === 0 && !isIgnored(signal));
  if (asked.has(signal) || (isFlying && isFree())) install(signal);
  else drop(signal);
  if (asked.has(signal) && isFlying) park(signal);
  else if (parked.has(signal)) {
    const back = unpark(signal);
    // Undone in the middle of it: nobody else will call them.
    if (state.pending.has(signal)) callLater(signal, back);
  }
}

function install(signal: EndSignal): void {
  if (state.handlers.has(signal)) return;
  const handler = () => onSignal(signal);
  state.handlers.set(signal, handler);
  // The locks go first: the program's own handler may well end it.
  process.prependListener(signal, handler);
}

function drop(signal: EndSignal): void {
  const handler = state.handlers.get(signal);
  if (handler) process.off(signal, handler);
  state.handlers.delete(signal);
}

function park(signal: EndSignal): void {
  const others = process.rawListeners(signal).filter((listener) => listener !== state.handlers.get(signal));
  for (const listener of others) process.off(signal, listener as Listener);
  state.parked.set(signal, [...(state.parked.get(signal) ?? []), ...(others as Listener[])]);
}

function onSignal(signal: EndSignal): void {
  if (state.flights === 0) takeEffect(signal, []);
  else if (!state.pending.has(signal)) state.pending.add(signal);
  else {
    state.pending.delete(signal);
    takeEffect(signal, unpark(signal));
  }
}

function unpark(signal: EndSignal): readonly Listener[] {
  const back = state.parked.get(signal) ?? [];
  state.parked.delete(signal);
  for (const listener of back) process.on(signal, listener);
  return back;
}

// In a tick of their own: what they throw is the program's affair, as ever.
function callLater(signal: EndSignal, listeners: readonly Listener[]): void {
  for (const listener of listeners) process.nextTick(() => listener.call(process, signal, constants.signals[signal]));
}

function letGo(): void {
  const due = [...state.pending];
  state.pending.clear();
  const waiting = new Map(due.map((signal) => [signal, state.parked.get(signal) ?? []]));
  for (const signal of SIGNALS) arrange(signal);
  for (const signal of due) takeEffect(signal, waiting.get(signal)!);
}

/** @param waiting handlers that have not been called for it yet. */
function takeEffect(signal: EndSignal, waiting: readonly Listener[]): void {
  if (state.asked.has(signal)) releaseAll(signal);
  callLater(signal, waiting);
  drop(signal);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  // The program goes on, with a handler of its own.
  else arrange(signal);
}

function releaseAll(signal: EndSignal): void {
  for (const lock of [...shared.held]) {
    try {
      lock.releaseOn(signal);
    } catch {
      // It stays, and whoever wants it next takes it from the dead.
    }
  }
  removeAll();
}

// Set by whoever started us, as nohup does. With a handler of the program it is none any more.
function isIgnored(signal: EndSignal): boolean {
  if (process.listenerCount(signal) > 0) return false;
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)/m.exec(readText("/proc/self/status"))?.[1] ?? "0";
    return (BigInt(`0x${mask}`) & (1n << BigInt(constants.signals[signal] - 1))) !== 0n;
  } catch {
    return false;
  }
}
