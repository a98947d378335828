/** One choice of every field that `spec/verdict.md` names as evidence. */
export interface Evidence {
  readonly object: string;
  readonly content: string;
  readonly quietMs: number;
  readonly pid: number | null;
  readonly createdAt: string;
  readonly createdAtAgeMs: number;
  readonly domain: string;
  readonly boot: string;
  readonly process: string;
  readonly start: string;
  readonly descriptor: string;
  readonly search: string;
  readonly kernelLock: string;
  readonly anyDescriptor: string;
  readonly namespaces: boolean;
}

export const STALE_MS = 30_000;

const NEUTRAL: Evidence = {
  object: "regular",
  content: "json",
  quietMs: 0,
  pid: 4711,
  createdAt: "past",
  createdAtAgeMs: 0,
  domain: "unknown",
  boot: "unknown",
  process: "unknown",
  start: "unrecorded",
  descriptor: "unreadable",
  search: "unavailable",
  kernelLock: "unknown",
  anyDescriptor: "unknown",
  namespaces: true,
};

// Both sides of every boundary that the table draws.
const QUIET = [0, 1_999, 2_000, STALE_MS - 1, STALE_MS, 400_000];
const OBJECTS = ["directory", "symlink", "fifo", "socket", "device"];

type Choices = { readonly [K in keyof Evidence]?: readonly Evidence[K][] };

/** Every combination that can change the answer; a field that an earlier row has made irrelevant keeps one value. */
export function crossProduct(): Evidence[] {
  return [
    ...combine({ object: OBJECTS, quietMs: [0, 400_000], pid: [null] }),
    ...combine({ content: ["oversized"], quietMs: QUIET, pid: [null] }),
    ...combine({
      content: ["empty"],
      pid: [null],
      quietMs: QUIET,
      kernelLock: ["held", "none", "unknown"],
      anyDescriptor: ["open", "none", "unknown"],
    }),
    ...combine({ content: ["garbage"], pid: [null], quietMs: QUIET }),
    ...combine({
      pid: [null],
      quietMs: QUIET,
      createdAt: ["absent", "unparsable", "past", "future"],
      createdAtAgeMs: [0, STALE_MS - 1, STALE_MS, 400_000],
    }),
    ...combine({
      quietMs: [0, STALE_MS - 1, STALE_MS],
      domain: ["same", "different", "unknown"],
      boot: ["equal", "differs", "unknown"],
      process: ["gone", "zombie", "thread", "live", "unknown"],
      start: ["equal", "differs", "unrecorded", "unreadable"],
      descriptor: ["open", "absent", "unreadable"],
      search: ["found", "nobody", "unavailable"],
      namespaces: [true, false],
    }),
  ];
}

function combine(choices: Choices): Evidence[] {
  let product: Evidence[] = [NEUTRAL];
  for (const [field, values] of Object.entries(choices)) {
    product = product.flatMap((evidence) => values.map((value) => ({ ...evidence, [field]: value })));
  }
  return product;
}
