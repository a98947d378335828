package sidecar

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

var errBody = errors.New("the body's own")

func TestWithReleasesHoweverTheBodyEnds(t *testing.T) {
	target := newTarget(t)
	err := With(context.Background(), target, func(context.Context) error { return nil })
	if err != nil {
		t.Error(err)
	}
	mustBeEmpty(t, filepath.Dir(target))

	err = With(context.Background(), target, func(context.Context) error { return errBody })
	if err != errBody {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Dir(target))

	func() {
		defer func() {
			if recovered := recover(); recovered != "oops" {
				t.Errorf("recovered %v", recovered)
			}
		}()
		_ = With(context.Background(), target, func(context.Context) error { panic("oops") })
	}()
	mustBeEmpty(t, filepath.Dir(target))

	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = With(context.Background(), target, func(context.Context) error { runtime.Goexit(); return nil })
	}()
	<-exited
	mustBeEmpty(t, filepath.Dir(target))
}

func TestTheBodysErrorComesFirstAndTheLossWithIt(t *testing.T) {
	target := newTarget(t)
	err := With(context.Background(), target, func(context.Context) error {
		mustRemove(t, target+".lock")
		return errBody
	})
	if !errors.Is(err, errBody) || !errors.Is(err, ErrLost) {
		t.Errorf("got %v", err)
	}
	if both, ok := err.(interface{ Unwrap() []error }); !ok || both.Unwrap()[0] != errBody {
		t.Errorf("not first: %v", err)
	}
	err = With(context.Background(), target, func(context.Context) error {
		mustRemove(t, target+".lock")
		return nil
	})
	if !errors.Is(err, ErrLost) {
		t.Errorf("got %v", err)
	}
}

func TestTheBodysContextIsCancelledWhenTheLockIsLost(t *testing.T) {
	target := newTarget(t)
	err := With(context.Background(), target, func(ctx context.Context) error {
		mustRemove(t, target+".lock")
		<-ctx.Done()
		return context.Cause(ctx)
	})
	if !errors.Is(err, ErrLost) {
		t.Errorf("got %v", err)
	}
}

func TestTheBodysContextIsCancelledWithTheCallers(t *testing.T) {
	target := newTarget(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := With(ctx, target, func(ctx context.Context) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	})
	if err != context.Canceled {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Dir(target))
}

func TestANestedAcquireOfTheSameLockFailsAtOnce(t *testing.T) {
	target := newTarget(t)
	other := filepath.Join(filepath.Dir(target), "other.json")
	err := With(context.Background(), target, func(ctx context.Context) error {
		return With(ctx, other, func(ctx context.Context) error {
			if _, err := Acquire(ctx, target); !errors.Is(err, ErrReentrant) {
				t.Errorf("got %v", err)
			}
			return With(ctx, filepath.Join(filepath.Dir(target), ".", "config.json"), func(context.Context) error { return nil })
		})
	})
	if !errors.Is(err, ErrReentrant) {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Dir(target))
}

func TestAContextOfAReleasedLockIsNoLongerReentrant(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target)
	ctx, cancel := lock.Context(context.Background())
	defer cancel()
	mustRelease(t, lock)
	if _, err := Acquire(ctx, target); errors.Is(err, ErrReentrant) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if carries(ctx, target+".lock") {
		t.Error("still carries it")
	}
}

func TestWhatWithCouldNotReleaseIsReleasedLater(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target)
	lock.abandon()
	mustAcquire(t, target, WithTimeout(time.Second))
}
