// Generated from spec/constants.json; do not edit.

/** The payload's `protocol` (version). */
export const PROTOCOL_VERSION = 1;

/** Default wait of acquire (ms). */
export const TIMEOUT_MS = 10_000;

/** 365 days; more is refused, so that a unit mistake is found at once (ms). */
export const MAX_TIMEOUT_MS = 31_536_000_000;

/** OpenClaw's default; the age that age-dependent rules ask for (ms). */
export const STALE_MS = 30_000;

/** OpenClaw's OAuth refresh locks: above its 120 s call limit (ms). */
export const REFRESH_STALE_MS = 180_000;

/** Longest wait on a lock that nobody can judge (ms). */
export const FOREIGN_TIMEOUT_MS = 5000;

/** OpenClaw creates first and writes afterwards; a younger unreadable lock may be about to become readable (ms). */
export const BEING_WRITTEN_MS = 2000;

/** Writers; one page, so one write (bytes). */
export const MAX_PAYLOAD_BYTES = 4096;

/** Readers; a larger lock is foreign, and is not read (bytes). */
export const MAX_READ_BYTES = 65_536;

/** Deeper JSON is garbage in every language alike, before a parser meets its own limit (levels). */
export const MAX_DEPTH = 32;

/** The caller's words fit a status line (bytes of UTF-8). */
export const MAX_PURPOSE_BYTES = 256;

/** Pid_t is a signed 32-bit integer (pid). */
export const MAX_PID = 2_147_483_647;

/** Age from which a left-over candidate is removed; its owner would recreate it (ms). */
export const SWEEP_MS = 30_000;

/** First pause of a waiter (ms). */
export const POLL_MIN_MS = 1;

/** Longest pause of a waiter (ms). */
export const POLL_MAX_MS = 25;

/** After a reclaim: an OpenClaw up to 2026.7.35 that judged the same dead lock has removed ours by then, or will not (ms). */
export const SETTLE_MS = 25;

/** How often a holder looks whether its lock is still there (ms). */
export const LOSS_CHECK_MS = 1000;

/** Shortest time between two calls of the wait hook (ms). */
export const WAIT_EVENT_MS = 1000;

/** How long a contender watches a lock before its silence counts: a holder that slept with its machine beats within a second of waking (ms). */
export const SILENCE_WATCH_MS = 2000;

/** Silence is at least so many of the beats that the holder promised (beats). */
export const HEARTBEATS_MISSED = 3;

/** Linux: sun_path less its NUL; Node 20 would cut a longer path and say nothing (bytes). */
export const MAX_SOCKET_PATH_BYTES = 107;

/** Witnesses that a process keeps open for its next acquire; one descriptor each (sockets). */
export const IDLE_WITNESSES = 16;

/** Version of this package, as in the payload's `helper`. */
export const VERSION = "0.1.0";
