import { isMainThread } from "node:worker_threads";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
type Held = (typeof SIGNALS)[number];

let flights = 0;
const handlers = new Map<Held, () => void>();
const pending = new Set<Held>();

/**
 * Keeps TERM, INT and HUP from ending the process before the flight has settled (REFRESH-8), where nobody else handles
 * them. A second one of the same kind takes effect at once.
 *
 * @returns lets them take effect; the last of several flights does.
 */
export function holdSignals(): () => void {
  if (!isMainThread || process.platform === "win32") return () => {};
  if (flights++ === 0) for (const signal of SIGNALS) hold(signal);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--flights === 0) letGo();
  };
}

function hold(signal: Held): void {
  if (process.listenerCount(signal) > 0) return;
  const handler = () => {
    if (pending.has(signal)) takeEffect(signal);
    else pending.add(signal);
  };
  handlers.set(signal, handler);
  process.on(signal, handler);
}

function letGo(): void {
  const due = [...pending];
  pending.clear();
  for (const signal of [...handlers.keys()]) drop(signal);
  const [first] = due;
  if (first) takeEffect(first);
}

// The program may have begun to handle it since: then that is what happened to it.
function takeEffect(signal: Held): void {
  drop(signal);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function drop(signal: Held): void {
  const handler = handlers.get(signal);
  if (handler) process.off(signal, handler);
  handlers.delete(signal);
}
