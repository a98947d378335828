package sidecar

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/ending"
	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// try is one look, and what it leads to (PUBLISH-1).
func (a *acquisition) try() (now outcome, err error) {
	defer ending.Enter()()
	defer func() {
		if now.got != nil {
			inHand.add(now.got, nil)
		}
	}()
	guard, err := a.subject(a.paths.guard).look()
	if errors.Is(err, fs.ErrPermission) {
		// Another user reclaims, and will be done soon, whether we may read the guard or not.
		return outcome{failure: a.systemError(err, a.paths.guard)}, nil
	}
	if err != nil {
		return a.mayPass(err, a.paths.guard)
	}
	if guard != nil {
		return a.faceGuard(guard)
	}
	lock, err := a.subject(a.paths.lock).look()
	if err != nil {
		return a.mayPass(err, a.paths.lock)
	}
	if lock != nil {
		return a.faceLock(lock)
	}
	a.foreignSince = time.Time{}
	point("acquire:looked")
	got, err := a.publishLock(steps{
		candidate: func() { point("acquire:candidate") },
		linked:    func() { point("acquire:linked") },
	})
	if err != nil {
		return a.mayPass(err, a.paths.dir)
	}
	return outcome{got: got}, nil
}

func (a *acquisition) mayPass(err error, about string) (outcome, error) {
	switch {
	case errors.Is(err, errTaken):
		return outcome{raced: true}, nil
	case isAny(err, passing):
		return outcome{failure: a.systemError(err, about)}, nil
	}
	return outcome{}, a.systemError(err, about)
}

func (a *acquisition) faceGuard(guard *finding) (outcome, error) {
	if !guard.provenDead() {
		return outcome{obstacle: guard}, nil
	}
	if !a.reclaim {
		return outcome{}, a.staleError(guard, a.sys)
	}
	obstacle, err := a.breakDead(guard)
	if err != nil {
		return a.mayPass(err, guard.path)
	}
	return outcome{obstacle: obstacle}, nil
}

func (a *acquisition) faceLock(lock *finding) (outcome, error) {
	if lock.verdict() != Foreign {
		a.foreignSince = time.Time{}
	}
	switch lock.verdict() {
	case Foreign:
		if lock.Object == evidence.Directory && lock.listing().gone {
			return outcome{raced: true}, nil
		}
		if a.mayRemove(lock) {
			return a.reclaimed(lock)
		}
		// What is no readable file will not become a lock by waiting.
		isFile := lock.Object == evidence.Regular && !lock.Oversized
		if !isFile && !(a.removesForeign() && lock.isRemovable()) {
			return outcome{}, a.foreignError(lock, a.sys, a.denial(lock))
		}
		if a.foreignSince.IsZero() {
			a.foreignSince = time.Now()
		}
	case Stale:
		if !a.reclaim {
			return outcome{}, a.staleError(lock, a.sys)
		}
		return a.reclaimed(lock)
	}
	return outcome{obstacle: lock}, nil
}

func (a *acquisition) reclaimed(lock *finding) (outcome, error) {
	got, err := a.takeOver(lock)
	if err != nil {
		return a.mayPass(err, lock.path)
	}
	return outcome{got: got, reclaimed: true}, nil
}

// settle waits, after a reclaim, until an old OpenClaw that judged the same dead lock has removed ours or will not
// (RECLAIM-5).
func (a *acquisition) settle(ctx context.Context, got *publication) (outcome, error) {
	if sleep(ctx, settle) != nil {
		got.withdraw(nothing)
		return outcome{}, a.ended(ctx, func() *Error { return a.atDeadline(outcome{}) })
	}
	kept, err := holds(got.path, got.raw)
	if err != nil {
		got.withdraw(nothing)
		return outcome{}, a.systemError(err, got.path)
	}
	if !kept {
		got.forget()
		return outcome{raced: true}, nil
	}
	return outcome{got: got}, nil
}
