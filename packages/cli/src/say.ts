import { writeSync } from "node:fs";

/**
 * A line for people on stderr. Not through `process.stderr`: a command that `run` starts shares our descriptors, and
 * Node makes those that it opens non-blocking.
 */
export function say(text: string): void {
  try {
    writeSync(2, `openclaw-locks: ${text}\n`);
  } catch {
    // Nobody listens.
  }
}

/** An error: one sentence, what to do next, and a word to search for. */
export function complain(sentence: string, nextStep: string, code: string): void {
  say(`${sentence} (${code})\n  → ${nextStep}`);
}
