package sidecar

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/filestate"
)

// How long a store may go unasked although none of its files has changed: a change that a file system does not show.
const adoptAtLeastEvery = specAdoptMs * time.Millisecond

// Outcome is what [AcquireOrAdopt] has come to: a held lock, or an adopted value.
type Outcome[T any] struct {
	// Lock is held, to be released by [Lock.Release]; nil where a value was adopted. It says nothing about the store: read
	// that again, inside.
	Lock *Lock
	// Value is what tryAdopt has found; the zero value where the lock is held.
	Value T
}

// Adopted says that there is a value and no lock.
func (o *Outcome[T]) Adopted() bool { return o.Lock == nil }

// AcquireOrAdopt takes the lock of target as [Acquire] does, unless tryAdopt finds first what the lock was wanted for: who
// waits for a lock mostly waits for somebody who does the same work (spec/adopt.md).
//
// tryAdopt looks at the store, without a lock, and returns a value and true, or false. It is asked before anything else,
// and a value then means that no lock is touched; when the lock turns out to be taken; whenever one of the watched paths
// has changed ([WithWatch]; target itself unless given), at least once a second; and once more before the wait ends in a
// refusal, which a value outweighs. It is never called while this lock is held, nor twice at a time. Its error ends the
// wait, and is returned as it is. A cancelled ctx ends the wait without asking again.
func AcquireOrAdopt[T any](
	ctx context.Context, target string, tryAdopt func() (T, bool, error), options ...Option,
) (*Outcome[T], error) {
	outcome := &Outcome[T]{}
	asking := &adoption{}
	if tryAdopt != nil {
		asking.ask = func() (bool, error) {
			value, found, err := tryAdopt()
			if found && err == nil {
				outcome.Value = value
			}
			return found, err
		}
	}
	lock, err := acquire(ctx, target, asking, options)
	switch {
	case errors.Is(err, errAdopted):
		return outcome, nil
	case err != nil:
		return nil, err
	}
	outcome.Lock = lock
	return outcome, nil
}

// errAdopted ends an acquire whose caller has found what it wanted.
var errAdopted = errors.New("adopted")

// adoption is the asking of one call. A nil one asks nobody.
type adoption struct {
	ask   func() (bool, error)
	watch []string

	contended bool
	over      bool
	askedAt   time.Time
	seen      []filestate.State
}

// begin asks for the first time, before anything is touched.
func (a *adoption) begin(target string, watch []string) error {
	if len(watch) == 0 {
		watch = []string{target}
	}
	for _, path := range watch {
		// Wherever the working directory will be by then. Where there is none, nothing can be watched.
		if absolute, err := makeAbsolute(path); err == nil {
			a.watch = append(a.watch, absolute)
		}
	}
	return a.now()
}

// now asks. What the paths are like is noted before, so that no change falls between (ADOPT-3).
func (a *adoption) now() error {
	if a == nil {
		return nil
	}
	a.seen, a.askedAt = a.states(), time.Now()
	found, err := a.ask()
	if err == nil && found {
		err = errAdopted
	}
	a.over = err != nil
	return err
}

// inPause asks in a pause of the wait, where there is reason to.
func (a *adoption) inPause() error {
	if a == nil || a.contended && time.Since(a.askedAt) < adoptAtLeastEvery && slices.Equal(a.seen, a.states()) {
		return nil
	}
	a.contended = true
	return a.now()
}

// insteadOf asks once more before a refusal.
func (a *adoption) insteadOf(refusal error) error {
	if a.over {
		return refusal // Its own error.
	}
	return cmp.Or(a.now(), refusal)
}

func (a *adoption) states() []filestate.State {
	found := make([]filestate.State, len(a.watch))
	for i, path := range a.watch {
		found[i] = filestate.At(path)
	}
	return found
}
