import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import type { Inspection } from "@openclaw/lock-helpers/tools";
import { spokenDuration } from "../duration.js";
import type { Looked } from "../explain/look.js";
import { stepsOf } from "../explain/steps.js";
import { KernelLocks } from "../find/kernel-locks.js";
import { type Policy, staleMsIn } from "../find/policy.js";
import type { Entry } from "../judge/entry.js";
import { REPAIRABLE } from "../judge/repairable.js";
import { safe } from "../render/words.js";
import { networkOf } from "./network.js";
import { openers, type Suspect, seesAll, seesOwn, suspects } from "./processes.js";

/** One thing that must be so before something is removed. */
export interface Proof {
  readonly text: string;
  readonly holds: boolean;
  /** What to do where it does not. */
  readonly remedy?: string;
}

/** What is to be removed, by which means, and on what proof. */
export interface Plan {
  readonly entry: Entry;
  /** sweep: as a sweep does. guard: one without an owner. foreign: as an acquire that was asked to. none: never. */
  readonly means: "sweep" | "guard" | "foreign" | "none";
  readonly proof: readonly Proof[];
}

/** What could be done about a lock, and whether it may. Undefined: nothing has to be. */
export function planFor({ entry, inspection }: Looked, policy: Policy): Plan | undefined {
  const { state, kind } = entry;
  if (inspection?.removable) return { entry, means: "sweep", proof: known(inspection) };
  if (state === "orphaned" && inspection)
    return { entry, means: "guard", proof: guardProof(entry, inspection, policy) };
  if (state === "foreign" && inspection) {
    return REPAIRABLE.has(entry.what ?? "")
      ? { entry, means: "foreign", proof: foreignProof(entry, inspection, policy) }
      : { entry, means: "none", proof: [never("It may be anything, and somebody may need it.", entry.advice)] };
  }
  if (state === "unknown") return { entry, means: "none", proof: [never(entry.explanation, entry.advice)] };
  if (state === "held")
    return { entry, means: "none", proof: [never(`It is held: ${entry.explanation}`, entry.advice)] };
  if (state === "in-use" && (kind === "guard" || kind === "marker")) {
    return {
      entry,
      means: "none",
      proof: [never("It is young: somebody is most likely at work under it.", entry.advice)],
    };
  }
  if (state === "being-written" || state === "unreadable")
    return { entry, means: "none", proof: [never(entry.explanation, entry.advice)] };
  return undefined;
}

export function mayAct({ means, proof }: Plan): boolean {
  return means !== "none" && proof.every(({ holds }) => holds);
}

function known(inspection: Inspection): Proof[] {
  return stepsOf(inspection).map(({ text, rule }) => ({ text: `${text} [${rule}]`, holds: true }));
}

function never(text: string, remedy: string): Proof {
  return { text, holds: false, remedy };
}

function guardProof(entry: Entry, inspection: Inspection, policy: Policy): Proof[] {
  const madeAt = inspection.mtimeMs ?? Date.now();
  const who = suspects(madeAt);
  const isFile = inspection.object === "regular";
  return [
    oldEnough(entry, policy, "to remove a dead lock takes milliseconds"),
    allSeen(policy),
    oneMachine(entry.path, policy),
    nobody(
      who,
      "Nobody is left who can have made it: no OpenClaw runs, and no JavaScript program from before that time.",
      "was there when it was made, or is OpenClaw, and may be at work under it",
    ),
    ...(isFile ? [nobody(openers(entry.path), "Nobody has it open.", "has it open")] : []),
    ...(inspection.object === "directory" || isFile
      ? []
      : [never("It is neither a directory nor a file: OpenClaw makes no such guard.", entry.advice)]),
  ];
}

function foreignProof(entry: Entry, inspection: Inspection, policy: Policy): Proof[] {
  const isFile = inspection.object === "regular";
  const kernelLocks = new KernelLocks().of(entry.path).filter(({ on }) => on === "lock");
  const lockers = kernelLocks.map(({ pid, command }) => ({ pid: pid ?? 0, command: command ?? "" }));
  const pid = entry.holder?.pid;
  return [
    oldEnough(entry, policy, "whoever uses it has not touched it since"),
    allSeen(policy),
    ...(pid === undefined ? [] : [ended(pid)]),
    ...(isFile
      ? [
          nobody(lockers, "Nobody has locked it with flock or fcntl.", "has locked it"),
          nobody(openers(entry.path), "Nobody has it open.", "has it open"),
        ]
      : []),
  ];
}

function oldEnough({ path }: Entry, policy: Policy, why: string): Proof {
  const ageMs = Math.max(0, Date.now() - lstatSync(path).mtimeMs);
  const staleMs = staleMsIn(dirname(path), policy);
  const holds = ageMs >= staleMs;
  return {
    text: `It was last written to ${spokenDuration(ageMs)} ago: ${why}.`,
    holds,
    ...(!holds && { remedy: `Wait until it is ${spokenDuration(staleMs)} old.` }),
  };
}

function allSeen({ trustPids }: Policy): Proof {
  if (seesAll()) return { text: "All processes of this machine can be seen from here.", holds: true };
  if (isTrusted(trustPids) && seesOwn())
    return { text: "You say that no other container or machine uses the directory.", holds: true };
  return {
    text: "Other containers' processes cannot be seen from here.",
    holds: false,
    remedy: "Run this on the host; or, if no other container or machine uses the directory, with --trust-pids.",
  };
}

function oneMachine(path: string, { trustPids }: Policy): Proof {
  const network = networkOf(dirname(path));
  if (network === undefined) return { text: "The file system is this machine's own.", holds: true };
  if (isTrusted(trustPids))
    return { text: `The file system (${network}) is used by no other machine, you say.`, holds: true };
  return {
    text: `The file system (${network}) may be shared with other machines, whose processes cannot be seen.`,
    holds: false,
    remedy: "If no other machine uses the directory: --trust-pids.",
  };
}

function isTrusted(trustPids: boolean | undefined): boolean {
  return trustPids ?? process.env["OPENCLAW_LOCKS_TRUST_PIDS"] === "1";
}

const MOST_NAMED = 5;

function nobody(who: readonly Suspect[], text: string, otherwise: string): Proof {
  if (who.length === 0) return { text, holds: true };
  const named = who.slice(0, MOST_NAMED).map(({ pid, command }) => `process ${pid} (${safe(command, 60)})`);
  const more = who.length > MOST_NAMED ? ` and ${who.length - MOST_NAMED} more` : "";
  const list = `${named.join(", ")}${more}`;
  return {
    text: `${list.charAt(0).toUpperCase()}${list.slice(1)} ${otherwise}.`,
    holds: false,
    remedy: "Stop it, then run this again.",
  };
}

function ended(pid: number): Proof {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH")
      return { text: `Process ${pid}, which it names, does not run.`, holds: true };
  }
  return { text: `Process ${pid}, which it names, runs.`, holds: false, remedy: "End it, then run this again." };
}
