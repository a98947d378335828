import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { openInspection, VERSION } from "@openclaw/lock-helpers/tools";
import { spokenDuration } from "../duration.js";
import { EXIT, type ExitStatus } from "../exit-codes.js";
import { KernelLocks } from "../find/kernel-locks.js";
import { rootsOf } from "../find/roots.js";
import { survey } from "../find/survey.js";
import { type Toured, tour } from "../find/tour.js";
import type { Entry } from "../judge/entry.js";
import { freeEntry } from "../judge/unjudged.js";
import { json } from "../render/json.js";
import { Output } from "../render/output.js";
import { terminalOf } from "../render/terminal.js";
import { TextReporter } from "../render/text.js";
import { holderWords, safe } from "../render/words.js";
import { Round } from "../watch/round.js";
import { type Change, type Track, Tracker } from "../watch/tracker.js";
import type { PlaceFlags } from "./status.js";

export interface WatchFlags extends PlaceFlags {
  readonly intervalMs: number;
  /** How long to watch; without it until somebody ends it. */
  readonly forMs?: number | undefined;
  readonly json: boolean;
}

/** Looks again and again, and shows what has changed: on a screen as a table, else a line for each change. */
export async function watch(paths: readonly string[], flags: WatchFlags): Promise<ExitStatus> {
  const ended = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ended.abort());
  const view = flags.json ? new LineView() : process.stdout.isTTY ? new ScreenView() : new TextView();
  const tracker = new Tracker();
  const begun = performance.now();
  for (;;) {
    const round = new Round();
    // A session of its own for each round: what was seen a second ago is not what is.
    const kernelLocks = new KernelLocks();
    const policy = { ...flags, session: openInspection(), kernelLocks };
    const toured = await tour(
      rootsOf(paths, flags.profile),
      round,
      (directory, names) => survey(directory, names, policy),
      (path) => kernelLocks.addTo(freeEntry(path)),
    );
    const now = performance.now();
    const changes = tracker.round(round.seen, now);
    const exitStatus = statusOf(toured);
    await view.show({ round, toured, changes, tracker, now, exitStatus });
    const left = flags.forMs === undefined ? Number.POSITIVE_INFINITY : begun + flags.forMs - performance.now();
    if (ended.signal.aborted || left <= 0) return exitStatus;
    await pause(Math.min(flags.intervalMs, left), ended.signal);
    if (ended.signal.aborted) return exitStatus;
  }
}

function statusOf({ tally, isIncomplete }: Toured): ExitStatus {
  return tally.stuck > 0 ? EXIT.stuck : isIncomplete ? EXIT.io : tally.held > 0 ? EXIT.held : EXIT.ok;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // Ended early is ended.
  await sleep(ms, undefined, { signal }).catch(() => {});
}

interface Shown {
  readonly round: Round;
  readonly toured: Toured;
  readonly changes: readonly Change[];
  readonly tracker: Tracker;
  readonly now: number;
  readonly exitStatus: number;
}

interface View {
  show(shown: Shown): Promise<void>;
}

/** One object a line: each change, and after each round a sample of what is not free. */
class LineView implements View {
  readonly #output = new Output();

  async show({ round, toured, changes, tracker, now, exitStatus }: Shown): Promise<void> {
    const time = new Date().toISOString();
    for (const change of changes)
      await this.#line({ time, ...change, ...(change.heldMs !== undefined && { heldMs: Math.round(change.heldMs) }) });
    const locks = round.seen
      .filter(({ entry }) => entry.state !== "free")
      .map(({ entry }) => ({
        ...{ path: entry.path, kind: entry.kind, state: entry.state },
        ...(entry.holder && { holder: entry.holder }),
        ...(entry.kernelLocks && { kernelLocks: entry.kernelLocks }),
        ...metricsOf(tracker.track(entry.path), now),
      }));
    const { held, stuck } = toured.tally;
    await this.#line({
      time,
      event: "sample",
      tool: `openclaw-locks/${VERSION}`,
      held,
      needsAttention: stuck,
      exitStatus,
      locks,
    });
  }

  #line(value: unknown): Promise<void> {
    return this.#output.write(`${json(value)}\n`);
  }
}

/** In a pipe: a line for each change. */
class TextView implements View {
  readonly #output = new Output();

  async show({ changes }: Shown): Promise<void> {
    const time = new Date().toTimeString().slice(0, 8);
    for (const { event, path, state, holder, heldMs } of changes) {
      const who = holderWords({ ...(holder && { holder }), state, path, kind: "lock", explanation: "", advice: "" });
      const held = heldMs === undefined ? "" : ` after ${spokenDuration(heldMs)}`;
      const words = event === "appeared" || event === "changed" ? state : event.replace("-", " ");
      const by = who === "" ? "" : event === "handed-over" ? ` to ${who}` : ` by ${who}`;
      await this.#output.write(`${time} ${safe(path)}: ${words}${by}${held}\n`);
    }
  }
}

const HOME_AND_CLEAR = "\u001b[H\u001b[J";

/** On a screen: the table of `status`, anew each time, as much as there is room for. */
class ScreenView implements View {
  async show({ round, toured, tracker, now }: Shown): Promise<void> {
    let text = "";
    const paper = new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    });
    const reporter = new TextReporter(new Output(paper), terminalOf(process.stdout, process.env));
    const add = (entry: Entry) => withMetrics(entry, tracker.track(entry.path), now);
    for (const call of round.calls) await call(reporter, add);
    await reporter.end(toured.tally);
    const rows = (process.stdout.rows ?? 24) - 2;
    const lines = text.trimEnd().split("\n");
    const shown =
      lines.length > rows ? [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`] : lines;
    const clock = new Date().toTimeString().slice(0, 8);
    process.stdout.write(`${HOME_AND_CLEAR}${shown.join("\n")}\n${clock}, Ctrl-C ends.`);
  }
}

function metricsOf(track: Track | undefined, now: number) {
  if (!track) return {};
  const { handOvers, longestMs, busySince, since } = track;
  return {
    heldMs: Math.round(now - since),
    ...(busySince !== undefined && { waitMs: Math.round(now - busySince) }),
    longestMs: Math.round(longestMs),
    handOvers,
  };
}

function withMetrics(entry: Entry, track: Track | undefined, now: number): Entry {
  if (!track || entry.state !== "held") return entry;
  const wait = track.busySince === undefined ? "" : ` Not free for ${spokenDuration(now - track.busySince)}.`;
  const times =
    track.handOvers === 0
      ? ""
      : ` Handed over ${track.handOvers} times, held for ${spokenDuration(track.longestMs)} at most.`;
  return { ...entry, explanation: `${entry.explanation}${wait}${times}` };
}
