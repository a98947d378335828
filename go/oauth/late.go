package oauth

import (
	"context"
	"errors"
	"time"
)

// How long it is tried to save an answer that nobody waits for any more, and how often.
var (
	lateLimit = 10 * time.Minute
	latePause = 100 * time.Millisecond
)

const longestLatePause = 10 * time.Second

// late is for a refresh function that returns after it was given up: a completed refresh is saved all the same
// (REFRESH-8).
func (f *flight) late(result told) {
	defer f.end()
	result.panicked = nil
	_, err := f.settle(result)
	if failed := handedBack(err); failed != nil && !f.saveLate(failed) {
		// Nobody has the answer any more.
		f.intent.Settle("unknown", "")
	}
}

// saveLate is there instead of the caller, who could call RetrySave. Meanwhile the intent stays as it is, so that nobody
// sends the token again.
func (f *flight) saveLate(failed *Error) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(f.ctx), lateLimit)
	defer cancel()
	for pause := latePause; failed.Code == ErrNotSaved; pause = min(2*pause, longestLatePause) {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
		_, err := failed.RetrySave(ctx)
		if err == nil {
			return true
		}
		if failed = handedBack(err); failed == nil {
			return false
		}
	}
	return false
}

func handedBack(err error) *Error {
	var failed *Error
	if errors.As(err, &failed) && failed.back != nil {
		return failed
	}
	return nil
}
