// Code generated from spec/constants.json; DO NOT EDIT.

package sidecar

// Version is the version of this module, as in the payload's helper.
const Version = "0.1.0"

// The numbers of the contract.
const (
	// The payload's `protocol` (version).
	specProtocolVersion = 1

	// Default wait of acquire (ms).
	specTimeoutMs = 10_000

	// 365 days; more is refused, so that a unit mistake is found at once (ms).
	specMaxTimeoutMs = 31_536_000_000

	// OpenClaw's default; the age that age-dependent rules ask for (ms).
	specStaleMs = 30_000

	// OpenClaw's OAuth refresh locks: above its 120 s call limit (ms).
	specRefreshStaleMs = 180_000

	// Longest wait on a lock that nobody can judge (ms).
	specForeignTimeoutMs = 5000

	// OpenClaw creates first and writes afterwards; a younger unreadable lock may be about to become
	// readable (ms).
	specBeingWrittenMs = 2000

	// Writers; one page, so one write (bytes).
	specMaxPayloadBytes = 4096

	// Readers; a larger lock is foreign, and is not read (bytes).
	specMaxReadBytes = 65_536

	// Deeper JSON is garbage in every language alike, before a parser meets its own limit (levels).
	specMaxDepth = 32

	// The caller's words fit a status line (bytes of UTF-8).
	specMaxPurposeBytes = 256

	// Pid_t is a signed 32-bit integer (pid).
	specMaxPid = 2_147_483_647

	// Age from which a left-over candidate is removed; its owner would recreate it (ms).
	specSweepMs = 30_000

	// First pause of a waiter (ms).
	specPollMinMs = 1

	// Longest pause of a waiter (ms).
	specPollMaxMs = 25

	// After a reclaim: an OpenClaw up to 2026.7.35 that judged the same dead lock has removed ours by
	// then, or will not (ms).
	specSettleMs = 25

	// How often a holder looks whether its lock is still there (ms).
	specLossCheckMs = 1000

	// Shortest time between two calls of the wait hook (ms).
	specWaitEventMs = 1000

	// How long a contender watches a lock before its silence counts: a holder that slept with its
	// machine beats within a second of waking (ms).
	specSilenceWatchMs = 2000

	// Silence is at least so many of the beats that the holder promised (beats).
	specHeartbeatsMissed = 3

	// Linux: sun_path less its NUL; Node 20 would cut a longer path and say nothing (bytes).
	specMaxSocketPathBytes = 107

	// Witnesses that a process keeps open for its next acquire; one descriptor each (sockets).
	specIdleWitnesses = 16

	// A store is looked at at least this often, in case a change has left no trace in its times (ms).
	specAdoptMs = 1000

	// A larger store is refused before it is read (bytes).
	specMaxStoreBytes = 16_777_216

	// Deeper JSON is refused in every language alike (levels).
	specMaxStoreDepth = 64

	// How long an empty or torn store may be one that is being written in place (ms).
	specTornMs = 200

	// Age from which a left-over temporary store is removed; far above the longest refresh (ms).
	specStoreSweepMs = 600_000

	// How often a waiting temporary store is touched, so that nobody sweeps it (ms).
	specStoreTouchMs = 30_000

	// Room for a store to grow by, reserved before a token is spent (bytes).
	specReserveBytes = 65_536

	// Default wait of a refresh: above the call limit, so that waiters outlast a legal refresh (ms).
	specRefreshTimeoutMs = 150_000

	// OpenClaw's own limit of a refresh call (ms).
	specCallTimeoutMs = 120_000

	// What a refresh function gets to stop in (ms).
	specCallGraceMs = 10_000

	// To take a lost lock again: an OpenClaw may hold it for a call of its own (ms).
	specRetakeTimeoutMs = 130_000

	// OpenClaw's margin before expiry (ms).
	specFreshMarginMs = 300_000

	// Where a provider does not say how long a token lives (ms).
	specAssumedLifetimeMs = 3_600_000

	// Longest life of a fence whose refresh is alive (ms).
	specFenceTimeoutMs = 120_000

	// Above a fence's life (ms).
	specWaitForFreshTimeoutMs = 130_000
)
