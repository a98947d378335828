package sidecar

import (
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// State is a lock as one look found it. The next moment it may be another.
type State struct {
	// Target and LockPath are absolute.
	Target, LockPath string
	// Verdict is [Free] when there is no lock; then Reason is empty and Holder nil.
	Verdict Verdict
	// Reason is the row of the verdict table that decided (spec/verdict.md).
	Reason string
	// Conclusive: proven, not only likely.
	Conclusive bool
	// Kind says what a foreign lock is, by its name in spec/foreign.json.
	Kind string
	// KernelLocks are those on the lock, then those on the target; also of a lock that is free.
	KernelLocks []KernelLock
	// Holder is who has the lock.
	Holder *Holder
}

// Inspect says who holds the lock of target, without waiting and without touching it. Of the options only [WithStale]
// and [WithTrustPIDs] matter. A lock that may not be read is [ErrPermission]; a missing directory is [ErrIO].
func Inspect(target string, options ...Option) (State, error) {
	c := call{target: target, lockPath: target + ".lock", started: time.Now()}
	settings, fault := apply(options)
	if fault == "" {
		fault = targetFault(target)
	}
	if fault != "" {
		return State{}, c.invalidError(fault)
	}
	paths, err := resolvePaths(target, false)
	if err != nil {
		return State{}, c.systemError(err, target)
	}
	c.target, c.lockPath = paths.target, paths.lock
	state := State{Target: paths.target, LockPath: paths.lock, Verdict: Free}
	var sys evidence.System = machine{}
	dirDev, err := deviceOf(paths.dir)
	if err != nil {
		return State{}, c.systemError(err, paths.dir)
	}
	lock := subject{path: paths.lock, dirDev: dirDev, sys: sys, clock: &fileClock{dir: paths.dir}, policy: settings.policy()}
	found, err := lock.look()
	if err != nil {
		return State{}, c.systemError(err, paths.lock)
	}
	state.KernelLocks = c.kernelLocks(sys)
	if found == nil {
		return state, nil
	}
	state.Verdict, state.Reason, state.Conclusive = found.verdict(), found.answer.Reason, found.answer.Conclusive
	state.Holder = found.holder(sys)
	if state.Verdict == Foreign {
		entry, pid := found.named(state.KernelLocks)
		state.Kind = entry.kind
		state.Holder.PID, state.Holder.Command = 0, ""
		state.Holder.made(sys, pid, settings.policy())
	}
	return state, nil
}
