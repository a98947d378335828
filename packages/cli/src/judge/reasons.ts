/** What the sentences need to know. */
export interface Subject {
  readonly pid: number | undefined;
  /** What a foreign thing is, to follow "is" (spec/foreign.json). */
  readonly what: string | undefined;
  /** A process of that number was found, and whether it is the holder could not be seen. */
  readonly isGuess: boolean;
}

type Sentence = string | ((subject: Subject) => string);

const pid =
  (rest: string): Sentence =>
  ({ pid }) =>
    `process ${pid ?? "?"} ${rest}`;

// One for each row of the verdict table (spec/verdict.md), which says what is; these say it to whoever has not read that.
const SENTENCES: Readonly<Record<string, Sentence>> = {
  "not-regular": ({ what }) => `${what ?? "something"} is in the place of a lock file`,
  oversized: "it is larger than any lock",
  "empty-kernel-locked": "it is empty, and a program holds it with flock or fcntl",
  "empty-young": "it is empty, and so young that it may be about to be written",
  "empty-abandoned": "it has been empty for long, and no process has it open",
  empty: "it is empty, and nobody can say whose it is",
  "garbage-young": "it cannot be read as a lock yet, and is so young that it may be about to be written",
  garbage: ({ what }) => `it is ${what ?? "no lock of OpenClaw's"}`,
  "no-owner": ({ what }) => `it names neither a process nor a time: it is ${what ?? "no lock of OpenClaw's"}`,
  "ownerless-expired": "it names no process, and is too old to be anybody's",
  "ownerless-young": "it names no process, and is too young to be given up",
  "descriptor-open": pid("has it open"),
  "start-time-equal": pid("runs, and started when the lock says"),
  "process-gone": pid("does not run any more"),
  "process-zombie": pid("has ended: only its exit status is left"),
  "pid-is-a-thread": pid("is a thread of another process now"),
  "start-time-differs": pid("is another process now: the holder has ended"),
  "found-in-namespace": ({ pid, isGuess }) =>
    isGuess
      ? `process ${pid ?? "?"} runs; whether it is the holder cannot be seen from here`
      : "its process runs in a container",
  "witness-answers": "its process answers at its socket",
  "witness-refused": "its socket refuses: the process has ended",
  "witness-inherited": "its process has ended, a child of it still has its socket",
  "looks-dead": pid("does not run"),
  "nobody-in-any-namespace": "no process of this machine, in whatever container, is its holder",
  "pids-trusted": pid("is not its holder here, and nobody else uses the directory"),
  "no-sign-of-life": "it has shown no sign of life for long",
  "other-domain":
    "it was taken in another container, on another machine, or before a reboot: its process cannot be seen here",
  "looks-dead-unproven": pid("is not its holder here, but may be a process of another container"),
  "descriptor-absent": pid("runs, but does not have it open: it is not the holder"),
  "identity-young": pid("runs and does not have it open, but the lock is too young to tell"),
  "identity-unknown": pid("runs; whether it is the holder cannot be seen from here"),
  "start-time-unreadable": pid("runs; whether it is the holder cannot be seen from here"),
  "process-unknown": "whether its process runs cannot be seen from here",
};

/** Why the verdict is what it is, as half a sentence. */
export function sentenceOf(reason: string, subject: Subject): string {
  const sentence = SENTENCES[reason];
  if (sentence === undefined) return reason;
  return typeof sentence === "string" ? sentence : sentence(subject);
}

export const KNOWN_REASONS: readonly string[] = Object.keys(SENTENCES);
