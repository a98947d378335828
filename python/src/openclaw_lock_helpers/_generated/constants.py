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

#: Version of this package, as in the payload's ``helper``.
VERSION: Final = "0.1.0"
