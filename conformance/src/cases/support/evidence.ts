/** One choice of every field that `spec/verdict.md` names as evidence. */
export interface Evidence {
  readonly object: string;
  readonly content: string;
  readonly quietMs: number;
  readonly silentMs: number;
  readonly heartbeatMs: number | null;
  readonly pid: number | null;
  readonly createdAt: string;
  readonly createdAtAgeMs: number;
  readonly domain: string;
  readonly boot: string;
  readonly mount: string;
  readonly process: string;
  readonly start: string;
  readonly descriptor: string;
  readonly search: string;
  readonly witness: string;
  readonly kernelLock: string;
  readonly anyDescriptor: string;
  readonly namespaces: boolean;
}

export interface Question {
  readonly evidence: Evidence;
  readonly staleMs: number;
  readonly trustPids: boolean;
}

export const STALE_MS = 30_000;

const NEUTRAL: Evidence = {
  object: "regular",
  content: "json",
  quietMs: 0,
  silentMs: 0,
  heartbeatMs: null,
  pid: 4711,
  createdAt: "past",
  createdAtAgeMs: 0,
  domain: "unknown",
  boot: "unknown",
  mount: "unknown",
  process: "unknown",
  start: "unrecorded",
  descriptor: "unreadable",
  search: "unavailable",
  witness: "unknown",
  kernelLock: "unknown",
  anyDescriptor: "unknown",
  namespaces: true,
};

// Both sides of every boundary that the table draws.
const OBJECTS = ["directory", "symlink", "fifo", "socket", "device"];
const QUIET = [0, 1_999, 2_000, STALE_MS - 1, STALE_MS, 400_000];
const DOMAINS = ["same", "different", "unknown"];
const BOOTS = ["equal", "differs", "unknown"];
const MOUNTS = ["equal", "differs", "unknown"];
const WITNESSES = ["answers", "inherited", "refused", "unknown"];
const PROCESSES = ["gone", "zombie", "thread", "live", "unknown"];
const STARTS = ["equal", "differs", "unrecorded", "unreadable"];
const DESCRIPTORS = ["open", "absent", "unreadable"];
const SEARCHES = ["found", "nobody", "unavailable"];
const FOUND_OF_EMPTY = ["none", "none-here", "unknown"];

/** How long it has been silent, and how often its holder promised to beat. */
const SILENCES: readonly (readonly [number, number | null])[] = [
  [0, null],
  [STALE_MS - 1, null],
  [STALE_MS, null],
  [STALE_MS - 1, 1],
  [STALE_MS, STALE_MS / 3],
  [STALE_MS, STALE_MS / 3 + 1],
  [STALE_MS + 2, STALE_MS / 3 + 1],
  [STALE_MS + 3, STALE_MS / 3 + 1],
];

/** What a process can look like to a contender that does not share its domain. */
const LOOKS: readonly (readonly [string, string])[] = [
  ["gone", "unrecorded"],
  ["live", "differs"],
  ["live", "equal"],
  ["live", "unrecorded"],
  ["live", "unreadable"],
  ["unknown", "unrecorded"],
];

type Choices = { readonly [K in keyof Evidence]?: readonly Evidence[K][] };

/** Every combination that can change the answer; a field that an earlier row has made irrelevant keeps one value. */
export function crossProduct(): Question[] {
  return [...ofNoOwner(), ...ofOneNamespace(), ...acrossNamespaces(), ...lifeAgainstDeath(), ...withoutPatience()];
}

function ofNoOwner(): Question[] {
  return trustedOrNot([
    ...combine({ object: OBJECTS, quietMs: [0, 400_000], pid: [null] }),
    ...combine({ content: ["oversized"], quietMs: QUIET, pid: [null] }),
    ...combine({
      content: ["empty"],
      pid: [null],
      quietMs: QUIET,
      kernelLock: ["held", ...FOUND_OF_EMPTY],
      anyDescriptor: ["open", ...FOUND_OF_EMPTY],
    }),
    ...combine({ content: ["garbage"], pid: [null], quietMs: QUIET }),
    ...combine({
      pid: [null],
      quietMs: QUIET,
      createdAt: ["absent", "unparsable", "past", "future"],
      createdAtAgeMs: [0, STALE_MS - 1, STALE_MS, 400_000],
    }),
  ]);
}

/** No witness, no silence, nobody trusted. */
function ofOneNamespace(): Question[] {
  const evidence = combine({
    quietMs: [0, STALE_MS - 1, STALE_MS],
    domain: DOMAINS,
    boot: BOOTS,
    process: PROCESSES,
    start: STARTS,
    descriptor: DESCRIPTORS,
    search: SEARCHES,
    namespaces: [true, false],
  });
  return evidence.map((one) => ({ evidence: one, staleMs: STALE_MS, trustPids: false }));
}

/** What is left when neither a descriptor nor the search has found the holder. */
function acrossNamespaces(): Question[] {
  const elsewhere = combine({
    quietMs: [400_000],
    domain: DOMAINS,
    boot: BOOTS,
    mount: MOUNTS,
    search: ["nobody", "unavailable"],
    witness: WITNESSES,
  });
  const withoutNamespaces = combine({
    domain: DOMAINS,
    boot: BOOTS,
    mount: ["equal", "differs"],
    witness: WITNESSES,
    silentMs: [0, STALE_MS],
    namespaces: [false],
  });
  const notYetRecorded = combine({
    quietMs: [0, STALE_MS],
    silentMs: [0, STALE_MS],
    domain: DOMAINS,
    boot: BOOTS,
    mount: ["equal", "differs"],
    process: ["live"],
    descriptor: ["absent"],
    witness: WITNESSES,
  });
  return trustedOrNot([...looking(silent(elsewhere)), ...looking(withoutNamespaces), ...notYetRecorded]);
}

/** Proofs that contradict each other, and every kind of death. */
function lifeAgainstDeath(): Question[] {
  return trustedOrNot(
    combine({
      silentMs: [0, STALE_MS],
      domain: DOMAINS,
      boot: ["equal", "differs"],
      mount: ["equal"],
      process: PROCESSES,
      start: ["equal", "differs"],
      descriptor: ["open", "unreadable"],
      search: ["found", "unavailable"],
      witness: WITNESSES,
    }),
  );
}

/** A staleMs of 0 makes no silence of a lock that nobody has watched. */
function withoutPatience(): Question[] {
  const evidence = combine({
    silentMs: [0, 1],
    domain: DOMAINS,
    boot: BOOTS,
    mount: ["equal", "differs"],
    witness: ["refused", "unknown"],
  });
  return looking(evidence).map((one) => ({ evidence: one, staleMs: 0, trustPids: false }));
}

function combine(choices: Choices): Evidence[] {
  let product: Evidence[] = [NEUTRAL];
  for (const [field, values] of Object.entries(choices)) {
    product = product.flatMap((evidence) => values.map((value) => ({ ...evidence, [field]: value })));
  }
  return product;
}

const silent = (product: readonly Evidence[]): Evidence[] =>
  product.flatMap((evidence) => SILENCES.map(([silentMs, heartbeatMs]) => ({ ...evidence, silentMs, heartbeatMs })));

const looking = (product: readonly Evidence[]): Evidence[] =>
  product.flatMap((evidence) => LOOKS.map(([process, start]) => ({ ...evidence, process, start })));

const trustedOrNot = (product: readonly Evidence[]): Question[] =>
  product.flatMap((evidence) => [false, true].map((trustPids) => ({ evidence, staleMs: STALE_MS, trustPids })));
