package oauth

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/limits"
	"github.com/openclaw/lock-helpers/go/sidecar"
	"github.com/openclaw/lock-helpers/go/store"
)

const mostChanges = 3

// save saves a refresh that has completed (REFRESH-7), or hands it back.
func (f *flight) save() (*Result, error) {
	_, err := merge(f.kept.Credential, f.answer, f.requested)
	if err == errNoAccessToken {
		f.intent.Settle("unknown", "")
		return nil, f.unknown("the refresh function's answer has no access token")
	}
	if err != nil {
		return nil, f.handBack(err)
	}
	result, err := f.saveOnce(context.WithoutCancel(f.ctx), limits.RetakeTimeout)
	if err != nil {
		return nil, f.handBack(err)
	}
	return result, nil
}

// saveOnce saves over the generation that was sent, and over nothing else.
func (f *flight) saveOnce(ctx context.Context, wait time.Duration) (*Result, error) {
	var err error
	for range mostChanges {
		if f.locks, err = f.retake(ctx, f.locks, wait); err != nil {
			return nil, err
		}
		var result *Result
		result, err = f.saveOver()
		if err == nil {
			return result, nil
		}
		// A lock that could not be looked at is taken again, as a lost one is.
		if !errors.Is(err, store.ErrChanged) && !errors.Is(err, store.ErrNotLocked) && !errors.Is(err, sidecar.ErrIO) {
			return nil, err
		}
	}
	return nil, err
}

func (f *flight) saveOver() (*Result, error) {
	now, err := f.login.Read()
	if err != nil {
		return nil, err
	}
	if !sameGeneration(now.Credential, f.generation) {
		return f.instead(now.Credential)
	}
	changes, err := merge(now.Credential, f.answer, f.requested)
	if err != nil {
		return nil, err
	}
	next := now.Credential.with(changes)
	if _, err := generationOf(next); err != nil {
		return nil, err // Nobody could refresh that.
	}
	if sameGeneration(next, f.generation) {
		// The provider does not rotate, and has just said that the token is good: an intent left by a crash would say that
		// nobody knows.
		f.intent.Remove()
	}
	if err := now.Save(changes, f.locks); err != nil {
		return nil, err
	}
	return f.saved(next), nil
}

func (f *flight) saved(next Credential) *Result {
	if f.login.Saved != nil {
		f.login.Saved(next)
	}
	hook.Reach("refresh:saved")
	f.intent.Remove()
	return &Result{Refreshed, next}
}

var (
	errSignedOut = errors.New("the login is not in the store any more")
	errReplaced  = errors.New("another credential is in the store by now, and is not fresh")
)

// instead is for a store in which somebody has put something else meanwhile: that stays.
func (f *flight) instead(now Credential) (*Result, error) {
	if changes, err := merge(f.kept.Credential, f.answer, f.requested); err == nil && now.Exists() {
		if own, err := generationOf(f.kept.Credential.with(changes)); err == nil && sameGeneration(now, own) {
			// Ours: a try before this one has come as far as that.
			return f.saved(now), nil
		}
	}
	if found, is := f.find(now); is {
		f.intent.Remove()
		return &Result{Adopted, found}, nil
	}
	if !now.Exists() {
		return nil, errSignedOut
	}
	return nil, errReplaced
}

// handBack keeps a refresh that could not be saved for whoever has called. Its intent stays, the locks do not.
func (f *flight) handBack(cause error) *Error {
	f.locks.release()
	f.locks = nil
	credential := f.kept.Credential
	if changes, err := changesOf(f.answer, f.requested); err == nil {
		credential = credential.with(changes)
	}
	return (&unsaved{flight: f, credential: credential}).because(cause)
}

// unsaved is a refresh that has completed and could not be saved.
type unsaved struct {
	flight     *flight
	credential Credential

	mu   sync.Mutex
	done *Result
}

func (u *unsaved) retry(ctx context.Context) (*Result, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.done != nil {
		return u.done, nil
	}
	result, err := u.flight.saveOnce(ctx, u.flight.timeout)
	u.flight.locks.release()
	u.flight.locks = nil
	if err != nil {
		return nil, u.because(err)
	}
	u.done = result
	return result, nil
}

// because is the refusal that hands it back.
func (u *unsaved) because(cause error) *Error {
	code, what, hint := ErrNotSaved, "refreshed, and not saved: "+cause.Error(), "mend the cause, then call RetrySave before the program ends"
	if cause == errOtherAccount {
		code, what, hint = ErrIdentity, "the provider has answered for another account", "sign in with the right one"
	}
	e := failure(code, what, hint)
	e.Intent, e.Err = u.flight.place.Path(), cause
	e.back = func() *unsaved { return u }
	return e
}
