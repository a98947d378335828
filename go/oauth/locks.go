package oauth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// held locks, in their order.
type lockSet []*sidecar.Lock

// release gives them back in reverse order. One that is lost by now was there when it mattered.
func (s lockSet) release() {
	for i := len(s) - 1; i >= 0; i-- {
		_ = hook.GiveBack(s[i])
	}
}

func (s lockSet) verify() bool {
	for _, lock := range s {
		if !lock.Verify() {
			return false
		}
	}
	return true
}

// acquire takes the locks, unless a credential turns up meanwhile.
func (r *run) acquire() (lockSet, Credential, error) {
	var locks lockSet
	for _, target := range r.login.Locks {
		got, err := sidecar.AcquireOrAdopt(r.ctx, target, r.tryAdopt, r.lockOptions(time.Until(r.deadline), r.login.Watch)...)
		if err != nil {
			locks.release()
			return nil, Credential{}, r.lockError(err)
		}
		if got.Adopted() {
			locks.release()
			return nil, got.Value, nil
		}
		r.waited = r.waited || got.Lock.Waited() > 0
		locks = append(locks, got.Lock)
	}
	return locks, Credential{}, nil
}

// retake takes all locks again, in their order, if one of them is lost. The caller's patience does not count: a token has
// been spent.
func (r *run) retake(ctx context.Context, locks lockSet, wait time.Duration) (lockSet, error) {
	if len(locks) > 0 && locks.verify() {
		return locks, nil
	}
	locks.release()
	deadline := time.Now().Add(wait)
	var again lockSet
	for _, target := range r.login.Locks {
		lock, err := sidecar.Acquire(ctx, target, r.lockOptions(time.Until(deadline), nil)...)
		if err != nil {
			again.release()
			return nil, err
		}
		again = append(again, lock)
	}
	return again, nil
}

// isTaken: somebody else has the lock, or may have it (REFRESH-3). A deadline of the context is an ErrTimeout too.
var isTaken = map[sidecar.Code]bool{
	sidecar.ErrTimeout: true, sidecar.ErrForeign: true, sidecar.ErrStale: true, sidecar.ErrGuardOrphaned: true,
}

// lockError: who gives up waiting does not refresh.
func (r *run) lockError(err error) error {
	var refused *sidecar.Error
	if !errors.As(err, &refused) || !isTaken[refused.Code] {
		return err
	}
	r.waited = r.waited || refused.Waited > 0
	e := r.contention("the lock could not be had: "+refused.Error(), refused.Holder, "", err)
	if refused.Code != sidecar.ErrTimeout {
		e.Hint = refused.Hint + "; the login is not affected"
	}
	return e
}

func (r *run) contention(what string, holder *sidecar.Holder, intent string, cause error) *Error {
	e := failure(ErrContention, what, "wait longer (WithTimeout), or see what the holder is doing; the login is not affected")
	e.Holder, e.Intent, e.Err = holder, intent, cause
	if r.waited {
		e.Waited = time.Since(r.started)
	}
	return e
}

func (r *run) cancelled() error {
	if errors.Is(r.ctx.Err(), context.DeadlineExceeded) {
		r.waited = true
		return r.contention("the context's deadline has passed", nil, "", context.DeadlineExceeded)
	}
	return fmt.Errorf("refresh cancelled: %w", context.Cause(r.ctx))
}

func failure(code Code, what, hint string) *Error { return &Error{Code: code, what: what, Hint: hint} }

func unavailable(what string) *Error { return failure(ErrUnavailable, what, "sign in") }

const (
	shortestPause = time.Millisecond
	longestPause  = 25 * time.Millisecond
)

// waitFor waits for a refresh under way, adopting. It begins again when that is over.
func (r *run) waitFor(place hook.IntentFile, seen hook.IntentState) (*Result, error) {
	looking := newWatch(r.login.Watch)
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		if looking.due() {
			if found, is, _ := r.tryAdopt(); is {
				return &Result{Adopted, found}, nil
			}
		}
		if now := place.Look(); !now.There || !now.Readable || now.State != seen.State || now.Dead {
			return nil, errAgain
		}
		if r.ctx.Err() != nil {
			return nil, r.cancelled()
		}
		left := time.Until(r.deadline)
		if left <= 0 {
			// Once more: a value wins over the refusal.
			if found, is, _ := r.tryAdopt(); is {
				return &Result{Adopted, found}, nil
			}
			r.waited = true
			holder, _ := seen.Holder.(*sidecar.Holder)
			return nil, r.contention(fmt.Sprintf("pid %d is refreshing this login", pidOf(holder)), holder, place.Path(), nil)
		}
		timer := time.NewTimer(min(pause, left))
		select {
		case <-timer.C:
		case <-r.ctx.Done():
		}
		timer.Stop()
	}
}
