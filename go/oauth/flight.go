package oauth

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/ending"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/limits"
)

// A refresh function gets this long to stop in.
var callGrace = limits.CallGrace

// flight is what happens from the intent on. It holds its locks by itself: a lost one must not end the request.
type flight struct {
	*run
	locks      lockSet
	kept       Kept
	generation string
	place      hook.IntentFile
	intent     hook.Intent

	discard   func()
	requested time.Time
	answer    Answer
}

// all makes the request over what was seen at the intent's place. It gives back what it holds, at the latest when a refresh
// function that was given up has returned.
func (f *flight) all(seen hook.IntentState) (*Result, error) {
	f.discard = func() {}
	if f.login.Reserve != nil {
		discard, err := f.login.Reserve()
		if err != nil {
			f.locks.release()
			return nil, err
		}
		f.discard = discard
	}
	defer f.holdSignals()()
	if err := f.begin(seen); err != nil {
		f.end()
		return nil, err
	}
	hook.Reach("refresh:verified")
	result, later, over := f.call()
	if !over {
		// It may still send: the intent says so, also to those who take the locks now.
		f.locks.release()
		f.locks = nil
		go func() { f.late(<-later) }()
		return nil, f.unknown("the refresh function did not return in time")
	}
	defer f.end()
	return f.settle(result)
}

func (f *flight) end() {
	f.discard()
	f.discard = func() {}
	f.locks.release()
	f.locks = nil
}

// holdSignals answers what lets them go again.
func (f *flight) holdSignals() func() {
	settle := ending.Hold(f.signals)
	var cancelled atomic.Pointer[time.Time]
	stop := context.AfterFunc(f.ctx, func() {
		now := time.Now()
		cancelled.Store(&now)
	})
	return func() {
		stop()
		if at := cancelled.Load(); at != nil {
			settle(*at)
		} else {
			settle(time.Time{})
		}
	}
}

// begin publishes the intent, and looks whether the request may still be made: only what is seen after that counts.
func (f *flight) begin(seen hook.IntentState) error {
	var err error
	if seen.There {
		f.intent, err = f.place.Replace(seen)
	} else {
		f.intent, err = f.place.Publish()
	}
	if errors.Is(err, hook.ErrTaken) {
		time.Sleep(longestPause)
		return errAgain
	}
	if err != nil {
		return hook.StoreError(f.place.Path(), err)
	}
	hook.Reach("refresh:intended")
	if f.locks.verify() {
		if now, err := f.login.Read(); err == nil && sameGeneration(now.Credential, f.generation) {
			f.kept = now
			return nil
		}
	}
	// Nothing was sent.
	f.intent.TakeBack()
	return errAgain
}

// told is how a refresh function has ended.
type told struct {
	answer   Answer
	err      error
	panicked any
}

// call calls the refresh function. It is false where that was given up; what it tells after all comes through the channel.
func (f *flight) call() (told, <-chan told, bool) {
	ctx := context.WithoutCancel(f.ctx)
	for _, lock := range f.locks {
		ctx = hook.Carry(ctx, lock)
	}
	ctx, cancel := context.WithTimeout(ctx, f.callTimeout)
	f.requested = time.Now()
	ended := make(chan told, 1)
	go func() {
		defer cancel()
		f.callOnce(ctx, ended)
	}()
	limit := time.NewTimer(f.callTimeout + callGrace)
	defer limit.Stop()
	select {
	case result := <-ended:
		return result, nil, true
	case <-limit.C:
		return told{}, ended, false
	}
}

// callOnce tells also of a panic, and of a function that ends its goroutine.
func (f *flight) callOnce(ctx context.Context, ended chan<- told) {
	result := told{err: errors.New("the refresh function has ended without an answer")}
	returned := false
	defer func() {
		if !returned {
			result.panicked = recover()
		}
		hook.Reach("refresh:answered")
		ended <- result
	}()
	answer, err := f.refresh(ctx, f.kept.Credential)
	result, returned = told{answer: answer, err: err}, true
}

// settle makes an outcome of what the refresh function has told.
func (f *flight) settle(result told) (*Result, error) {
	var rejected *RejectedError
	var notSent *NotSentError
	switch err := result.err; {
	case result.panicked != nil:
		f.intent.Settle("unknown", "")
		panic(result.panicked)
	case err == nil:
		f.answer = result.answer
		return f.save()
	case errors.As(err, &rejected):
		return f.rejectedBy(reasonOf(rejected.Reason))
	case errors.As(err, &notSent):
		f.intent.TakeBack()
		e := failure(ErrFailed, "no request was accepted: "+messageOf(err, f.kept.Credential), "try again")
		e.Err = errors.New(messageOf(err, f.kept.Credential))
		return nil, e
	default:
		f.intent.Settle("unknown", "")
		e := f.unknown("the request may have been made: " + messageOf(err, f.kept.Credential))
		e.Err = errors.New(messageOf(err, f.kept.Credential))
		return nil, e
	}
}

func (f *flight) unknown(what string) *Error {
	e := failure(ErrOutcomeUnknown, what, signInOrResend)
	e.Intent = f.place.Path()
	return e
}

// rejectedBy looks whether somebody else has refreshed it: then the loser of that race must not say that the login is
// lost (REFRESH-9).
func (f *flight) rejectedBy(reason string) (*Result, error) {
	ctx := context.WithoutCancel(f.ctx)
	if locks, err := f.retake(ctx, f.locks, limits.RetakeTimeout); err == nil {
		f.locks = locks
	} else {
		f.locks = nil
	}
	now, err := f.login.Read()
	if err == nil && now.Credential.Exists() && !sameGeneration(now.Credential, f.generation) {
		if found, is := f.find(now.Credential); is {
			f.intent.Remove()
			return &Result{Adopted, found}, nil
		}
		if !f.begunAgain {
			f.begunAgain = true
			f.intent.Remove()
			return nil, errAgain
		}
	}
	f.intent.Settle("rejected", reason)
	e := failure(ErrRejected, fmt.Sprintf("the provider has rejected this login (%s)", reason), "sign in again")
	e.Intent, e.Reason = f.place.Path(), reason
	return nil, e
}
