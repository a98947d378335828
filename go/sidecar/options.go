package sidecar

import (
	"fmt"
	"time"
)

const (
	maxDuration = specMaxTimeoutMs * time.Millisecond

	// RefreshStale is what OpenClaw's OAuth refresh locks want for [WithStale]: above its 120 s limit for one refresh.
	RefreshStale = specRefreshStaleMs * time.Millisecond
)

// Option changes how a lock is taken. Options are checked before anything is touched: a wrong one is
// [ErrInvalidOption].
type Option func(*settings)

type settings struct {
	timeout        time.Duration
	stale          time.Duration
	foreignTimeout time.Duration
	purpose        string
	createParent   bool
	reclaim        bool
	onWait         func(WaitEvent)
	// Not given: the environment decides.
	witness   WitnessPolicy
	trustPIDs *bool
	watch     []string

	removeForeign bool
}

func (s *settings) policy() policy {
	return policy{StaleMs: milliseconds(s.stale), TrustPIDs: s.trustPIDs != nil && *s.trustPIDs}
}

// WithTimeout bounds the wait for the lock: 10 s unless given, at most 365 days. Zero tries once. A dead holder's lock is
// taken over even when no time is left (WAIT-2, WAIT-3). A deadline of the context bounds the wait as well.
func WithTimeout(d time.Duration) Option { return func(s *settings) { s.timeout = d } }

// WithStale is the age, by the file system's clock, that the age-dependent rules of spec/verdict.md ask for: 30 s unless
// given. It never counts against a holder that is known to live. A longer hold touches the lock's modification time three
// times as often.
func WithStale(d time.Duration) Option { return func(s *settings) { s.stale = d } }

// WithForeignTimeout bounds the wait on something that is no lock of this contract: 5 s unless given.
func WithForeignTimeout(d time.Duration) Option { return func(s *settings) { s.foreignTimeout = d } }

// WithPurpose says, in the lock file, what the lock is held for: at most 256 bytes of UTF-8, which every local user can
// read.
func WithPurpose(purpose string) Option { return func(s *settings) { s.purpose = purpose } }

// WithCreateParent makes the target's directory, and those above, where missing, with mode 0700 (PATH-4).
func WithCreateParent() Option { return func(s *settings) { s.createParent = true } }

// WithoutReclaim forbids to remove a dead holder's lock or guard; the outcome is [ErrStale] instead (RECLAIM-9).
func WithoutReclaim() Option { return func(s *settings) { s.reclaim = false } }

// WithRemoveForeign allows to remove what is no lock of this contract nor of OpenClaw, where it is of a kind that may be
// removed, nobody uses it any more as far as can be seen, and it has been silent for [WithStale]: as a dead holder's lock
// is, under the guard (FOREIGN-5, FOREIGN-6). Without it nothing that others have made is ever removed. It takes at least
// 2 s of watching, so [WithForeignTimeout] must allow for more. What it cannot prevent: a program that looks at its old
// lock just before that is removed may believe that it holds what is ours just after. [WithoutReclaim] forbids this too.
func WithRemoveForeign() Option { return func(s *settings) { s.removeForeign = true } }

// WithOnWait sets a hook that is called when a wait begins, and at most once a second after (WAIT-7), in the goroutine
// that waits. Should it panic, the wait ends with nothing left behind.
func WithOnWait(hook func(WaitEvent)) Option { return func(s *settings) { s.onWait = hook } }

// WithWitness says whether a socket beside the lock tells other containers that this process lives, and, once it is dead,
// that it is (spec/witness.md): [WitnessAuto] unless given here or in the environment, as OPENCLAW_LOCKS_WITNESS. Others
// are asked for theirs whatever the policy.
func WithWitness(p WitnessPolicy) Option { return func(s *settings) { s.witness = p } }

// WithTrustPIDs gives your word that nobody outside this PID namespace uses the directory, now or since the namespace
// began: then a process that cannot be seen is dead, and its lock is taken at once (VERDICT-13). It is for a container
// that shares the directory with nobody; where that is not so, it takes locks from the living. False unless given here
// or in the environment, as OPENCLAW_LOCKS_TRUST_PIDS=1.
func WithTrustPIDs(trust bool) Option { return func(s *settings) { s.trustPIDs = &trust } }

// WithWatch names the paths whose change makes [AcquireOrAdopt] ask again; the target itself unless given. Nothing else
// heeds it.
func WithWatch(paths ...string) Option { return func(s *settings) { s.watch = paths } }

// WaitEvent is what a wait hook is told.
type WaitEvent struct {
	// Target is the guarded file and LockPath its sidecar, both absolute.
	Target, LockPath string
	// Waited is the time since the call began.
	Waited time.Duration
	// Holder is who is in the way; nil when somebody else was merely faster.
	Holder *Holder
}

// apply answers the settings, or what is wrong with them.
func apply(options []Option) (settings, string) {
	s := settings{
		timeout:        specTimeoutMs * time.Millisecond,
		stale:          specStaleMs * time.Millisecond,
		foreignTimeout: specForeignTimeoutMs * time.Millisecond,
		reclaim:        true,
	}
	for _, option := range options {
		if option == nil {
			return s, "an option is nil"
		}
		option(&s)
	}
	times := []struct {
		name  string
		value time.Duration
	}{{"timeout", s.timeout}, {"stale", s.stale}, {"foreign timeout", s.foreignTimeout}}
	for _, each := range times {
		if each.value < 0 || each.value > maxDuration {
			return s, fmt.Sprintf("the %s must be between 0 and 365 days, and is %v", each.name, each.value)
		}
	}
	if fault := s.fromEnvironment(); fault != "" {
		return s, fault
	}
	return s, purposeFault(s.purpose)
}
