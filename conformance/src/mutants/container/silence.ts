import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD, TAKEN_OVER } from "../consequences.js";
import { ALWAYS_TRUSTS_PIDS, SILENCE_BEATS_LIFE } from "../patches.js";

const SUBJECT = "src/subject.ts";
const WATCH = "src/watch.ts";
const SILENT_MS = "silentMs: () => this.#watch.silentMs(quietMs()),";

/** What is concluded of a lock that nobody touches. */
export const silence: readonly MutantDefinition[] = [
  {
    name: "takes-silence-unwatched",
    history: "laptops and virtual machines that slept: at the first look after it every lock was old",
    case: "no-sign-of-life",
    check: "openclaw-not-before",
    also: [
      "earlier-boot-not-before",
      "earlier-boot-host-not-before",
      "touched-not-before",
      "rewritten-not-before",
      "asleep-not-before",
      "young-not-before",
      "promised-not-before",
      "beating-kept",
    ],
    patches: [{ file: SUBJECT, find: SILENT_MS, replace: "silentMs: quietMs," }],
  },
  {
    name: "age-by-the-date-inside",
    history:
      "OpenClaw up to 2026.5.7, mulmoclaude #2690: createdAt decided, and a lock that was touched all the time was stolen",
    case: "no-sign-of-life",
    check: "beating-kept",
    also: [
      ...NOBODY_HELD,
      "touched-not-before",
      "rewritten-not-before",
      "asleep-not-before",
      "young-not-before",
      "promised-not-before",
    ],
    patches: [
      {
        file: SUBJECT,
        find: SILENT_MS,
        replace: `silentMs: () => {
        const { createdAt } = JSON.parse(String(bytes)) as { createdAt: string };
        return monotonic() - (this.#firstLook ??= monotonic()) < 2_000 ? 0 : Date.now() - Date.parse(createdAt);
      },`,
      },
      { file: SUBJECT, find: "  #wasWatched = false;\n", replace: "  #wasWatched = false;\n  #firstLook?: number;\n" },
    ],
  },
  {
    name: "promised-beats-do-not-count",
    history: "tokenmaxxing #27, cache-fix #372: one party's stale limit was below the other's heartbeat",
    case: "no-sign-of-life",
    check: "promised-not-before",
    patches: [
      {
        file: "src/verdict.ts",
        find: "&& e.silentMs >= HEARTBEATS_MISSED * (e.heartbeatMs ?? 0);",
        replace: "&& HEARTBEATS_MISSED > 0;",
      },
    ],
  },
  {
    name: "sleep-counts-as-watching",
    history: "proper-lockfile #11, #74: whoever woke first took the locks of all who slept with it",
    case: "no-sign-of-life",
    check: "asleep-not-before",
    patches: [
      {
        file: WATCH,
        find: "Math.min(now.monotonic - this.#last.monotonic, POLL_MAX_MS)",
        replace: "(now.monotonic - this.#last.monotonic + POLL_MAX_MS * 0)",
      },
    ],
  },
  {
    name: "neighbours-die-of-silence",
    history: "pi #1322, Hypomnema #228: a stopped holder in another container was taken for a dead one",
    case: "no-sign-of-life",
    check: "neighbour-kept",
    also: TAKEN_OVER,
    patches: SILENCE_BEATS_LIFE,
  },
  {
    name: "trusts-every-pid",
    history: "OpenClaw 2026.9.6: outside its namespace nobody exists, whether there are other containers or not",
    case: "trust-pids",
    check: "neither-openclaw-kept",
    also: ["neither-neighbour-kept", "neither-empty-kept", "neither-guard-kept"],
    patches: ALWAYS_TRUSTS_PIDS,
  },
  {
    name: "nothing-here-is-nothing",
    history:
      "fuser in a container: no process there has the empty lock open, and its writer outside was about to write",
    case: "trust-pids",
    check: "neither-empty-kept",
    patches: [
      {
        file: "src/verdict.ts",
        find: 'seen === "none" || (trustPids && seen === "none-here")',
        replace: 'seen === "none" || (trustPids !== undefined && seen === "none-here")',
      },
    ],
  },
];
