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

/** A store is looked at at least this often, in case a change has left no trace in its times (ms). */
export const ADOPT_MS = 1000;

/** A larger store is refused before it is read (bytes). */
export const MAX_STORE_BYTES = 16_777_216;

/** Deeper JSON is refused in every language alike (levels). */
export const MAX_STORE_DEPTH = 64;

/** How long an empty or torn store may be one that is being written in place (ms). */
export const TORN_MS = 200;

/** Age from which a left-over temporary store is removed; far above the longest refresh (ms). */
export const STORE_SWEEP_MS = 600_000;

/** How often a waiting temporary store is touched, so that nobody sweeps it (ms). */
export const STORE_TOUCH_MS = 30_000;

/** Room for a store to grow by, reserved before a token is spent (bytes). */
export const RESERVE_BYTES = 65_536;

/** Default wait of a refresh: above the call limit, so that waiters outlast a legal refresh (ms). */
export const REFRESH_TIMEOUT_MS = 150_000;

/** OpenClaw's own limit of a refresh call (ms). */
export const CALL_TIMEOUT_MS = 120_000;

/** What a refresh function gets to stop in (ms). */
export const CALL_GRACE_MS = 10_000;

/** To take a lost lock again: an OpenClaw may hold it for a call of its own (ms). */
export const RETAKE_TIMEOUT_MS = 130_000;

/** OpenClaw's margin before expiry (ms). */
export const FRESH_MARGIN_MS = 300_000;

/** Where a provider does not say how long a token lives (ms). */
export const ASSUMED_LIFETIME_MS = 3_600_000;

/** Longest life of a fence whose refresh is alive (ms). */
export const FENCE_TIMEOUT_MS = 120_000;

/** Above a fence's life (ms). */
export const WAIT_FOR_FRESH_TIMEOUT_MS = 130_000;

/** Version of this package, as in the payload's `helper`. */
export const VERSION = "0.1.0";
