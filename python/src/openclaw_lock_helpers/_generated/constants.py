# Generated from spec/constants.json; do not edit.
"""The numbers of the contract."""

from typing import Final

#: The payload's `protocol` (version).
PROTOCOL_VERSION: Final = 1

#: Default wait of acquire (ms).
TIMEOUT_MS: Final = 10_000

#: 365 days; more is refused, so that a unit mistake is found at once (ms).
MAX_TIMEOUT_MS: Final = 31_536_000_000

#: OpenClaw's default; the age that age-dependent rules ask for (ms).
STALE_MS: Final = 30_000

#: OpenClaw's OAuth refresh locks: above its 120 s call limit (ms).
REFRESH_STALE_MS: Final = 180_000

#: Longest wait on a lock that nobody can judge (ms).
FOREIGN_TIMEOUT_MS: Final = 5000

#: OpenClaw creates first and writes afterwards; a younger unreadable lock may be about to become
#: readable (ms).
BEING_WRITTEN_MS: Final = 2000

#: Writers; one page, so one write (bytes).
MAX_PAYLOAD_BYTES: Final = 4096

#: Readers; a larger lock is foreign, and is not read (bytes).
MAX_READ_BYTES: Final = 65_536

#: Deeper JSON is garbage in every language alike, before a parser meets its own limit (levels).
MAX_DEPTH: Final = 32

#: The caller's words fit a status line (bytes of UTF-8).
MAX_PURPOSE_BYTES: Final = 256

#: Pid_t is a signed 32-bit integer (pid).
MAX_PID: Final = 2_147_483_647

#: Age from which a left-over candidate is removed; its owner would recreate it (ms).
SWEEP_MS: Final = 30_000

#: First pause of a waiter (ms).
POLL_MIN_MS: Final = 1

#: Longest pause of a waiter (ms).
POLL_MAX_MS: Final = 25

#: After a reclaim: an OpenClaw up to 2026.7.35 that judged the same dead lock has removed ours by
#: then, or will not (ms).
SETTLE_MS: Final = 25

#: How often a holder looks whether its lock is still there (ms).
LOSS_CHECK_MS: Final = 1000

#: Shortest time between two calls of the wait hook (ms).
WAIT_EVENT_MS: Final = 1000

#: How long a contender watches a lock before its silence counts: a holder that slept with its
#: machine beats within a second of waking (ms).
SILENCE_WATCH_MS: Final = 2000

#: Silence is at least so many of the beats that the holder promised (beats).
HEARTBEATS_MISSED: Final = 3

#: Linux: sun_path less its NUL; Node 20 would cut a longer path and say nothing (bytes).
MAX_SOCKET_PATH_BYTES: Final = 107

#: Witnesses that a process keeps open for its next acquire; one descriptor each (sockets).
IDLE_WITNESSES: Final = 16

#: A store is looked at at least this often, in case a change has left no trace in its times (ms).
ADOPT_MS: Final = 1000

#: A larger store is refused before it is read (bytes).
MAX_STORE_BYTES: Final = 16_777_216

#: Deeper JSON is refused in every language alike (levels).
MAX_STORE_DEPTH: Final = 64

#: How long an empty or torn store may be one that is being written in place (ms).
TORN_MS: Final = 200

#: Age from which a left-over temporary store is removed; far above the longest refresh (ms).
STORE_SWEEP_MS: Final = 600_000

#: How often a waiting temporary store is touched, so that nobody sweeps it (ms).
STORE_TOUCH_MS: Final = 30_000

#: Room for a store to grow by, reserved before a token is spent (bytes).
RESERVE_BYTES: Final = 65_536

#: Default wait of a refresh: above the call limit, so that waiters outlast a legal refresh (ms).
REFRESH_TIMEOUT_MS: Final = 150_000

#: OpenClaw's own limit of a refresh call (ms).
CALL_TIMEOUT_MS: Final = 120_000

#: What a refresh function gets to stop in (ms).
CALL_GRACE_MS: Final = 10_000

#: To take a lost lock again: an OpenClaw may hold it for a call of its own (ms).
RETAKE_TIMEOUT_MS: Final = 130_000

#: OpenClaw's margin before expiry (ms).
FRESH_MARGIN_MS: Final = 300_000

#: Where a provider does not say how long a token lives (ms).
ASSUMED_LIFETIME_MS: Final = 3_600_000

#: Longest life of a fence whose refresh is alive (ms).
FENCE_TIMEOUT_MS: Final = 120_000

#: Above a fence's life (ms).
WAIT_FOR_FRESH_TIMEOUT_MS: Final = 130_000

#: Version of this package, as in the payload's ``helper``.
VERSION: Final = "0.1.0"
