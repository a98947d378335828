import { basename } from "node:path";
import type { Quote } from "../log/collect.js";

/** What is the matter, in one word. Two that look alike to users have different words, since they need different cures. */
export type Cause =
  /** Its holder is dead. The login is fine. */
  | "stale-lock"
  /** Something that is no lock of OpenClaw's is in its place. The login is fine. */
  | "foreign-lock"
  | "orphaned-guard"
  | "unjudged-lock"
  | "unreadable-lock"
  /** Somebody lives and is slow. */
  | "contention"
  /** The log says that a lock was waited for in vain; the lock itself cannot be seen from here, or is free by now. */
  | "lock-wait"
  /** The provider does not take the login any more. No lock is to blame. */
  | "burned-token"
  /** A killed refresh has left its mark in the place of the tokens. */
  | "fence"
  | "slow-provider"
  | "not-saved"
  | "store-failed"
  | "account-mismatch"
  | "store-migration"
  /** SQLite's lock, which is no file. */
  | "sqlite-contention"
  | "session-lock"
  | "gateway-lock"
  | "failed-login";

/** Something that anybody can check. */
export interface Evidence {
  /** A file, or the line of a log. */
  readonly where: string;
  readonly time?: string;
  /** What is there, or what is so. */
  readonly text: string;
  /** How many more lines say the same. */
  readonly more?: number;
  /** The last of them. */
  readonly until?: string;
}

export interface Diagnosis {
  readonly cause: Cause;
  /** The lock, file or provider that it is about, where it is about one. */
  readonly subject?: string;
  /** One sentence: what is wrong. */
  readonly title: string;
  /** One or two: what that means, and what it does not. */
  readonly meaning: string;
  readonly evidence: readonly Evidence[];
  /** The one next step: a sentence, and the command where there is one. */
  readonly next: { readonly text: string; readonly command?: string };
  /** act: somebody has to do something. wait: it may pass by itself. past: it has. */
  readonly urgency: "act" | "wait" | "past";
}

/** The lines that say the same as one piece of evidence. */
export function evidenceOf(findings: readonly { first: Quote; last: Quote; count: number }[]): Evidence[] {
  const most = 3;
  return findings.slice(0, most).map(({ first, last, count }) => ({
    where: place(first),
    ...(first.time !== undefined && { time: first.time }),
    text: first.text,
    ...(count > 1 && {
      more: count - 1,
      until: last.time === undefined ? place(last) : `${place(last)}, ${last.time}`,
    }),
  }));
}

function place({ log, line }: Quote): string {
  return `${log === "-" ? "stdin" : basename(log)}:${line}`;
}
