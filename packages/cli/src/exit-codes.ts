/**
 * Exit statuses, one meaning each in all commands. None is 1 or 2: a shell, npx or a crashed Node ends with those, and a
 * script must be able to tell that from an answer. The numbers from 64 are those of sysexits.h.
 */
export const EXIT = {
  ok: 0,
  /** status: something is held, by the living, and nothing needs attention. */
  held: 10,
  /** status, sweep: something needs attention. */
  stuck: 20,
  /** The command line is wrong; nothing has been touched. */
  usage: 64,
  /** run: foreign, or an orphaned guard: waiting will not help. */
  blocked: 69,
  /** A fault of this program. */
  internal: 70,
  /** Something could not be read, removed or written. */
  io: 74,
  /** run: the wait ended and the lock is held: try again later. */
  busy: 75,
  /** run: the command succeeded, but the lock was lost while it ran. */
  lost: 76,
  permission: 77,
  /** run: the command was found and could not be started. */
  notExecutable: 126,
  /** run: no such command. */
  notFound: 127,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
