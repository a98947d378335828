import { basename } from "node:path";
import { printable } from "@openclaw/lock-helpers/tools";
import type { Action, Entry, Kind, State } from "../judge/entry.js";
import type { Colour } from "./colour.js";

/** What stands in the first column. */
export const STATE_WORDS: Readonly<Record<State, readonly [word: string, colour: Colour]>> = {
  held: ["held", "green"],
  "being-written": ["writing", "green"],
  stale: ["stale", "red"],
  foreign: ["foreign", "red"],
  orphaned: ["orphaned", "red"],
  unknown: ["unknown", "yellow"],
  unreadable: ["no access", "yellow"],
  "in-use": ["in use", "dim"],
  leftover: ["leftover", "dim"],
  other: ["other", "dim"],
  free: ["free", "green"],
};

export const ACTION_WORDS: Readonly<Record<Action, readonly [word: string, colour: Colour]>> = {
  removed: ["removed", "green"],
  "would-remove": ["would go", "green"],
  left: ["left", "dim"],
  failed: ["failed", "red"],
};

const KINDS: Readonly<Record<Kind, string>> = {
  lock: "lock",
  guard: "guard",
  marker: "marker",
  candidate: "unpublished lock",
  witness: "witness",
  "unfinished-witness": "unfinished witness",
  other: "lock",
};

/** Who, in few words. */
export function holderWords({ holder, state, what }: Entry): string {
  if (holder?.pid === undefined) return state === "foreign" ? (what ?? "") : "";
  return holder.command === undefined ? `pid ${holder.pid}` : `pid ${holder.pid} ${safe(holder.command, 32)}`;
}

/** What the holder has said about itself. */
export function factWords({ holder }: Entry): string {
  const facts = [
    holder?.purpose === undefined ? undefined : `“${safe(holder.purpose, 256)}”`,
    holder?.helper === undefined ? undefined : safe(holder.helper, 64),
    holder?.host === undefined ? undefined : `on ${safe(holder.host, 64)}`,
  ];
  return facts.filter((fact) => fact !== undefined).join(" · ");
}

/** Who has locked it, or its file, in the kernel: a sentence each. */
export function kernelWords({ kernelLocks = [], path }: Pick<Entry, "kernelLocks" | "path">): string[] {
  return kernelLocks.map(({ on, type, access, pid, command }) => {
    const name = command === undefined ? "" : ` (${safe(command, 32)})`;
    const who = pid === undefined ? "A process" : `Process ${pid}${name}`;
    const what = on === "lock" ? "the lock file" : safe(basename(path).replace(/\.lock$/, ""));
    const shared = access === "READ" ? ", shared" : "";
    return `${who} has locked ${what} with ${type === "ofd" ? "fcntl" : type}${shared}: OpenClaw does not see that.`;
  });
}

/** What it is to which lock, where its name alone does not say. */
export function kinship({ kind, belongsTo }: Entry, shown: (path: string) => string): string {
  if (kind === "lock" || kind === "other") return "";
  const noun = KINDS[kind];
  return belongsTo === undefined ? noun : `${noun} of ${shown(belongsTo)}`;
}

/** Somebody else's text, fit for the screen. */
export function safe(text: string, limit = 4096): string {
  return printable(text, limit);
}

/** `1 lock`, `2 locks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
