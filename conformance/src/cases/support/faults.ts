import type { CaseContext, Random } from "../../engine/case.js";
import { guardOf, lockOf } from "./files.js";
import type { Fault } from "./injection.js";

const ERRNOS = ["ENOSPC", "EIO", "EMFILE", "EACCES", "EROFS", "ESTALE", "EDQUOT", "ENOMEM", "EINTR"];

const OPEN = "?open,?openat";
const LOOK = "?stat,?lstat,?newfstatat,?statx";
const LINK = "?link,?linkat";
const UNLINK = "?unlink,?unlinkat";
const MODE = "?fchmod,?fchmodat,?chmod";
const RENAME = "?rename,?renameat,?renameat2";

type Calls = readonly [calls: string, most: number];

/** On the lock and the guard themselves. */
const ON_LOCK: readonly Calls[] = [
  [OPEN, 3],
  [LOOK, 4],
  ["?fstat", 2],
  ["?read,?pread64", 3],
  ["?close", 2],
  [LINK, 1],
  [UNLINK, 2],
];

/** By number: what has a random name. Nothing that the driver's own pipes are used with: those are for real limits. */
const ANYWHERE: readonly Calls[] = [
  [OPEN, 6],
  [LOOK, 8],
  ["?readlink,?readlinkat", 3],
  [MODE, 2],
  [LINK, 2],
  [UNLINK, 3],
  ["?getdents64", 2],
];

const ON_WITNESS: readonly Calls[] = [
  ["?socket", 1],
  ["?bind", 1],
  ["?listen", 1],
  ["?connect", 1],
  [RENAME, 1],
  ["?mkdir,?mkdirat", 1],
];

const ON_STORE: readonly Calls[] = [
  [RENAME, 1],
  ["?fsync,?fdatasync", 3],
  ["?fchown", 1],
];

function everyNth(calls: readonly Calls[], effects: readonly string[], paths?: readonly string[]): Fault[] {
  return calls.flatMap(([names, most]) =>
    Array.from({ length: most }, (_, index) => index + 1).flatMap((nth) =>
      effects.map((effect): Fault => ({ calls: names, nth, effect, ...(paths === undefined ? {} : { paths }) })),
    ),
  );
}

const errors = ERRNOS.map((errno) => `error=${errno}`);

/** Every error at every call that taking, keeping or giving up this lock may make. */
export function faultsOf(
  target: string,
  options: { readonly witness?: boolean; readonly store?: boolean; readonly effects?: readonly string[] } = {},
): readonly Fault[] {
  const { effects = errors, witness = false, store = false } = options;
  return [
    ...everyNth(ON_LOCK, effects, [lockOf(target), guardOf(target)]),
    ...everyNth(ANYWHERE, effects),
    ...(store ? everyNth(ON_STORE, effects) : []),
    ...(witness ? everyNth(ON_WITNESS, effects) : []),
  ];
}

/** A sample in which each kind of call comes as often as any other, the first ones more often; all with `--full`. */
export function sampled(context: CaseContext, faults: readonly Fault[], count: number): readonly Fault[] {
  if (context.full) return faults;
  const kinds = new Map<string, Fault[]>();
  for (const fault of faults) {
    const kind = `${fault.calls} ${fault.paths === undefined}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), fault]);
  }
  const decks = [...kinds.values()];
  return Array.from({ length: count }, (_, index) => {
    const deck = decks[index % decks.length]!;
    return deck[Math.floor(context.random.next() ** 2 * deck.length)]!;
  });
}

/**
 * In a loop only what its counter is not made with: the driver's own files are none of the lock's. Not every link: where
 * it says EACCES the lock is made in place, and a kill there leaves it torn (spec/limits.md).
 */
export const LOOP_FAULTS = { onLock: ON_LOCK, anywhere: [MODE, UNLINK].map((calls): Calls => [calls, 6]) };

export function pickFault(
  random: Random,
  target: string,
  { onLock, anywhere }: typeof LOOP_FAULTS,
  effect = `error=${random.pick(ERRNOS)}`,
): Fault {
  const isOnLock = random.chance(0.8);
  const [calls, most] = random.pick(isOnLock ? onLock : anywhere);
  const isNoLinks = calls === LINK && effect === "error=EACCES";
  const fault = { calls, nth: random.integer(1, most), effect: isNoLinks ? "error=EIO" : effect };
  const again = random.chance(0.4) ? { step: random.integer(1, 4) } : {};
  return { ...fault, ...again, ...(isOnLock ? { paths: [lockOf(target), guardOf(target)] } : {}) };
}
