package sidecar

import (
	"context"
	"errors"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// Who loses this often in a row, without ever seeing who won, had better pause.
const mostRaces = 16

// acquisition is one call that wants a lock.
type acquisition struct {
	call
	settings
	paths    paths
	dev      string
	sys      evidence.System
	clock    *fileClock
	subjects map[string]*subject
	asking   *adoption

	deadline     time.Time
	foreignSince time.Time
	toldAt       time.Time
}

// outcome is what one try came to: the lock, or what is in the way. An empty one says that something has changed, and
// that there is reason to look again at once.
type outcome struct {
	got       *publication
	reclaimed bool
	// raced: somebody else was first.
	raced bool
	// obstacle is worth a wait, and so is a failure that may pass.
	obstacle *finding
	failure  error
}

func newAcquisition(c call, s settings, p paths) (*acquisition, error) {
	c.target, c.lockPath = p.target, p.lock
	a := &acquisition{
		call: c, settings: s, paths: p, sys: machine{}, clock: &fileClock{dir: p.dir},
		subjects: map[string]*subject{}, deadline: c.started.Add(s.timeout),
	}
	if s.witness == WitnessAlways && !hasWitnesses {
		return nil, a.witnessError(errors.ErrUnsupported)
	}
	_, err := readSelf()
	if err != nil {
		return nil, a.systemError(err, "/proc/self")
	}
	if a.dev, err = deviceOf(p.dir); err != nil {
		return nil, a.systemError(err, p.dir)
	}
	return a, nil
}

// run is the acquire loop (spec/publish.md, wait.md, reclaim.md). However it ends without a lock, nothing is left behind.
func (a *acquisition) run(ctx context.Context) (*publication, error) {
	var pauses backoff
	var last outcome
	for races := 0; ; {
		if ctx.Err() != nil {
			return nil, a.ended(ctx, func() *Error { return a.atDeadline(last) })
		}
		// A guard of ours that could not be removed would be in our own way too.
		leftovers.retry()
		now, err := a.try()
		if err != nil {
			return nil, err
		}
		if now.got != nil && now.reclaimed {
			now, err = a.settle(ctx, now.got)
			if err != nil {
				return nil, err
			}
		}
		if now.got != nil {
			return now.got, nil
		}
		if now.raced {
			races++
		} else {
			races = 0
		}
		if now.obstacle == nil && now.failure == nil && races < mostRaces {
			continue
		}
		last = now
		if err := a.asking.inPause(); err != nil {
			return nil, err
		}
		remaining, err := a.giveUpOrWait(now)
		if err != nil {
			return nil, err
		}
		// An ended context is seen at the top.
		_ = sleep(ctx, min(pauses.pause(), remaining))
	}
}

// giveUpOrWait is the time left, after telling the wait hook.
func (a *acquisition) giveUpOrWait(now outcome) (time.Duration, error) {
	end := a.deadline
	if a.isForeign(now) {
		if sooner := a.foreignSince.Add(a.foreignTimeout); sooner.Before(end) {
			end = sooner
		}
	}
	remaining := time.Until(end)
	if remaining <= 0 {
		if now.failure != nil {
			return 0, now.failure
		}
		return 0, a.atDeadline(now)
	}
	a.waited = true
	if a.onWait != nil && (a.toldAt.IsZero() || time.Since(a.toldAt) >= waitEvent) {
		a.toldAt = time.Now()
		event := WaitEvent{Target: a.target, LockPath: a.lockPath, Waited: time.Since(a.started)}
		if now.obstacle != nil {
			event.Holder = now.obstacle.holder(a.sys)
		}
		a.onWait(event)
	}
	return remaining, nil
}

// atDeadline is the outcome of a wait that ends with this in the way.
func (a *acquisition) atDeadline(now outcome) *Error {
	var failed *Error
	switch f := now.obstacle; {
	case errors.As(now.failure, &failed):
		return failed
	case a.isForeign(now):
		return a.foreignError(f, a.sys, a.denial(f))
	case f != nil && f.path != a.lockPath && f.evidence.PID == nil && f.quiet() >= a.stale:
		return a.orphanedError(f, a.sys)
	default:
		return a.timeoutError(f, a.sys)
	}
}

func (a *acquisition) isForeign(now outcome) bool {
	return now.obstacle != nil && now.obstacle.path == a.lockPath && now.obstacle.verdict() == Foreign
}

func (a *acquisition) subject(path string) *subject {
	found, known := a.subjects[path]
	if !known {
		found = &subject{path: path, dirDev: a.dev, sys: a.sys, clock: a.clock, policy: a.policy()}
		a.subjects[path] = found
	}
	return found
}
