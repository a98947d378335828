import { basename } from "node:path";
import { spokenDuration } from "../duration.js";
import type { Entry } from "../judge/entry.js";
import { REPAIRABLE } from "../judge/repairable.js";
import type { Finding } from "../log/collect.js";
import { shellWord } from "../render/shell.js";
import { count } from "../render/words.js";
import { type Case, spanOf } from "./case.js";
import { type Diagnosis, type Evidence, evidenceOf } from "./diagnosis.js";
import { ELIDED, isRefreshLock, lockMeantBy } from "./match.js";

const FINE = "The login is fine: nobody has to sign in again for this.";
const LOCK_SIGNS = ["lock-wait", "stale-kept", "not-a-lock", "guard-orphaned"] as const;
const MOST_SHOWN = 5;
/** So long nobody who is only slow keeps a lock: OpenClaw's longest hold is a refresh of two minutes. */
const STUCK_MS = 10 * 60_000;

/** What is the matter with lock files: what stands in the directory, and what the log says of it. */
export function lockDiagnoses(about: Case): Diagnosis[] {
  const lines = LOCK_SIGNS.flatMap((sign) => about.findings.of(sign));
  const { perEntry, loose } = sortOut(lines, about.entries);
  const linesOf = (entry: Entry) => evidenceOf(perEntry.get(entry) ?? []);
  const of = (state: Entry["state"]) => about.entries.filter((entry) => entry.state === state);
  const stale = of("stale");
  return [
    ...(stale.length > 0 ? [staleDiagnosis(stale, linesOf, about)] : []),
    ...of("foreign").map((entry) => foreignDiagnosis(entry, linesOf(entry))),
    ...of("orphaned").map((entry) => orphanDiagnosis(entry, linesOf(entry))),
    ...of("unknown").map((entry) => unjudgedDiagnosis(entry, linesOf(entry))),
    ...of("unreadable").map((entry) => unreadableDiagnosis(entry, linesOf(entry))),
    ...about.entries.flatMap((entry) => contention(entry, perEntry.get(entry) ?? [])),
    ...waits(loose, about),
  ];
}

/** Which lines are about which lock that is here; the others. */
function sortOut(lines: readonly Finding[], entries: readonly Entry[]) {
  const perEntry = new Map<Entry, Finding[]>();
  const loose: Finding[] = [];
  const stuck = entries.filter(({ state }) => ["stale", "foreign", "orphaned", "unknown"].includes(state));
  for (const finding of lines) {
    const { path } = finding.about;
    const meant = path === undefined ? theOne(stuck, finding) : lockMeantBy(path, entries);
    const also = meant?.state === "held" || meant?.state === "free" ? guardOf(meant, entries) : undefined;
    const entry = also ?? meant;
    if (entry && entry.state !== "other") perEntry.set(entry, [...(perEntry.get(entry) ?? []), finding]);
    else loose.push(finding);
  }
  return { perEntry, loose };
}

// A line without a path speaks of refreshes: of the lock that is stuck there, if it is one.
function theOne(stuck: readonly Entry[], { sign }: Finding): Entry | undefined {
  if (sign === "guard-orphaned") return stuck.find(({ state }) => state === "orphaned");
  const refresh = stuck.filter(({ path }) => isRefreshLock(path) || /auth-profiles\.json\.lock/.test(path));
  return refresh.length > 0 ? refresh[0] : undefined;
}

function guardOf({ path }: Entry, entries: readonly Entry[]): Entry | undefined {
  return entries.find(({ kind, belongsTo, state }) => kind === "guard" && belongsTo === path && state === "orphaned");
}

function staleDiagnosis(stale: readonly Entry[], linesOf: (entry: Entry) => Evidence[], about: Case): Diagnosis {
  const [first] = stale;
  const isOne = stale.length === 1;
  const evidence = stale.slice(0, MOST_SHOWN).flatMap((entry) => [evidenceIn(entry), ...linesOf(entry)]);
  const more = stale.length - MOST_SHOWN;
  const where = isOne ? [first!.path] : about.paths;
  return {
    cause: "stale-lock",
    ...(isOne && { subject: first!.path }),
    title: isOne
      ? `${basename(first!.path)} was left by a process that has ended.`
      : `${stale.length} locks were left by processes that have ended.`,
    meaning: `${FINE} ${whyLeft(stale)}`.trim(),
    evidence: more > 0 ? [...evidence, { where: "", text: `and ${count(more, "lock")} more` }] : evidence,
    next: {
      text: "Remove what is proven dead; OpenClaw may run.",
      command: ["openclaw-locks sweep", ...where.map(shellWord)].join(" "),
    },
    urgency: "act",
  };
}

// Why it is not gone by itself.
function whyLeft(stale: readonly Entry[]): string {
  const has = (reason: string) => stale.some((entry) => entry.reason === reason);
  if (has("descriptor-absent"))
    return "A process of that number runs (in a container number 1 always does), so OpenClaw takes its lock for a living one's, for ever.";
  return has("empty-abandoned") ? "OpenClaw never removes an empty lock by itself." : "";
}

function foreignDiagnosis(entry: Entry, lines: Evidence[]): Diagnosis {
  return {
    cause: "foreign-lock",
    subject: entry.path,
    title: `${basename(entry.path)} is no lock of OpenClaw's${entry.what === undefined ? "" : ` (${entry.what})`}.`,
    meaning: `${FINE} Something else has put it there, and OpenClaw waits for it in vain.`,
    evidence: [evidenceIn(entry), ...kernelEvidence(entry), ...lines],
    next: REPAIRABLE.has(entry.what ?? "")
      ? {
          text: `${firstSentence(entry.advice)} Then let this program see whether it is abandoned:`,
          command: `openclaw-locks repair ${shellWord(entry.path)}`,
        }
      : { text: entry.advice },
    urgency: "act",
  };
}

function orphanDiagnosis(entry: Entry, lines: Evidence[]): Diagnosis {
  return {
    cause: "orphaned-guard",
    subject: entry.path,
    title: `${basename(entry.path)} is left of a process that was killed while it removed a dead lock.`,
    meaning: `${FINE} It keeps everybody from ${basename(entry.belongsTo ?? "the lock")}, and OpenClaw never removes it.`,
    evidence: [evidenceIn(entry), ...lines],
    next: {
      text: "Remove it once it is proven that nobody is at work:",
      command: `openclaw-locks repair ${shellWord(entry.path)}`,
    },
    urgency: "act",
  };
}

function unjudgedDiagnosis(entry: Entry, lines: Evidence[]): Diagnosis {
  return {
    cause: "unjudged-lock",
    subject: entry.path,
    title: `Whether the holder of ${basename(entry.path)} lives cannot be told from here.`,
    meaning: `${FINE} Do not remove it on suspicion.`,
    evidence: [evidenceIn(entry), ...lines],
    next: { text: entry.advice, command: `openclaw-locks explain ${shellWord(entry.path)}` },
    urgency: "act",
  };
}

function unreadableDiagnosis(entry: Entry, lines: Evidence[]): Diagnosis {
  return {
    cause: "unreadable-lock",
    subject: entry.path,
    title: `${basename(entry.path)} cannot be read (${entry.reason}).`,
    meaning: "OpenClaw, if it runs as another user than the lock's maker, cannot read it either.",
    evidence: [evidenceIn(entry), ...lines],
    next: { text: "See whose it is:", command: `ls -ld ${shellWord(entry.path)}` },
    urgency: "act",
  };
}

/** Held by somebody who lives: that is a lock's purpose, and only worth a word where somebody gave up waiting. */
function contention(entry: Entry, found: readonly Finding[]): Diagnosis[] {
  const isBusy = entry.state === "held" || entry.state === "being-written";
  if (!isBusy || found.length === 0) return [];
  const { holder, ageMs } = entry;
  const command = holder?.command === undefined ? "" : ` (${holder.command})`;
  const who = holder?.pid === undefined ? "Somebody" : `Process ${holder.pid}${command}`;
  const since = ageMs === undefined ? "" : ` for ${spokenDuration(ageMs)}`;
  return [
    {
      cause: "contention",
      subject: entry.path,
      title: `${who} holds ${basename(entry.path)}${since}, and others gave up waiting.`,
      meaning: `${FINE} The holder lives: it is slow, or stopped. Removing its lock would let two work at once.`,
      evidence: [evidenceIn(entry), ...evidenceOf(found)],
      next: { text: "Watch whether it lets go:", command: `openclaw-locks status --watch ${shellWord(entry.path)}` },
      urgency: "wait",
    },
  ];
}

/** Waits of which the lock is not to be seen: it is free by now, or on another machine. */
function waits(loose: readonly Finding[], about: Case): Diagnosis[] {
  const named = loose.filter(({ about: { path } }) => path !== undefined);
  const nameless = loose.filter(({ about: { path } }) => path === undefined);
  // Lines without a path come from the same waits, where there are any with one.
  if (named.length === 0) return nameless.length === 0 ? [] : [waitDiagnosis(nameless, undefined, about)];
  const byPath = new Map<string, Finding[]>();
  for (const finding of named) {
    const lock = finding.about.path!.replace(/\.lock$/, "");
    byPath.set(lock, [...(byPath.get(lock) ?? []), finding]);
  }
  const first = [...byPath.keys()][0]!;
  byPath.set(first, [...byPath.get(first)!, ...nameless]);
  return [...byPath].map(([path, findings]) => waitDiagnosis(findings, `${path}.lock`, about));
}

function waitDiagnosis(findings: readonly Finding[], lock: string | undefined, about: Case): Diagnosis {
  const name = lock === undefined ? "the lock of a refresh" : basename(lock);
  const evidence = evidenceOf(findings);
  const foreign = findings.find(({ sign }) => sign === "not-a-lock");
  const kept = findings.find(({ sign }) => sign === "stale-kept");
  const word = lock === undefined || ELIDED.test(lock) ? "" : ` ${shellWord(lock)}`;
  const see = `openclaw-locks status${word}`;
  const common = { ...(lock !== undefined && { subject: lock }), evidence };
  const isHere = about.stateDir !== undefined;
  if (foreign) {
    return {
      ...{ cause: "foreign-lock", ...common, urgency: isHere ? "past" : "act" },
      title: `Something that is no lock of OpenClaw's was in the place of ${name}.`,
      meaning: `${FINE} ${isHere ? "It is not there any more." : "Another program has put it there."}`,
      next: { text: isHere ? "If it comes again:" : "Where the gateway runs, see what it is:", command: see },
    };
  }
  if (kept) {
    return {
      ...{ cause: "stale-lock", ...common, urgency: isHere ? "past" : "act" },
      title: `The holder of ${name} had died, and OpenClaw would not remove its lock.`,
      meaning: `${FINE} ${isHere ? "The lock is not there any more." : "A stuck lock is a file."}`,
      next: {
        text: isHere ? "If it comes again:" : "Where the gateway runs:",
        command: `openclaw-locks sweep${word}`,
      },
    };
  }
  const isStuck = findings.some((finding) => finding.count > 2 && (spanOf(finding) ?? 0) >= STUCK_MS);
  const long = isStuck
    ? " Nobody who is only slow keeps it for so long: its holder is most likely dead, or no program of OpenClaw's."
    : "";
  if (isHere) {
    return {
      ...{ cause: "lock-wait", ...common, urgency: "past" },
      title: `${capital(name)} was waited for in vain; nobody holds it now.`,
      meaning: `${FINE}${long} If the log is of another machine, look there.`,
      next: { text: "If it comes again, look while it lasts:", command: see.replace("status", "status --watch") },
    };
  }
  return {
    ...{ cause: isStuck ? "stale-lock" : "lock-wait", ...common, urgency: "act" },
    title: `${capital(name)} was waited for in vain.`,
    meaning: `${FINE}${long || " Its holder is slow, or dead, or no program of OpenClaw's: the lock itself tells."}`,
    next: { text: "Where the gateway runs, see which of these it is:", command: see },
  };
}

function evidenceIn({ path, explanation, ageMs, holder }: Entry): Evidence {
  const who = holder?.pid === undefined ? "" : `pid ${holder.pid}, `;
  const age = ageMs === undefined ? "" : `${spokenDuration(ageMs)} old: `;
  return { where: path, text: `${who}${age}${explanation}` };
}

function kernelEvidence({ path, kernelLocks = [] }: Entry): Evidence[] {
  return kernelLocks.map(({ on, type, pid, command }) => ({
    where: on === "lock" ? path : path.replace(/\.lock$/, ""),
    text: `locked with ${type === "ofd" ? "fcntl" : type} by ${pid === undefined ? "a process" : `pid ${pid}`}${command === undefined ? "" : ` (${command})`}`,
  }));
}

/** Without the command to remove it, which only fits once the maker has ended: `repair` asks for that itself. */
function firstSentence(advice: string): string {
  return `${advice.replace(/, (?:then )?run: .*$/s, "")}.`;
}

function capital(text: string): string {
  return text.startsWith("the ") ? `T${text.slice(1)}` : text;
}
