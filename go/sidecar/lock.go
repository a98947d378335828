package sidecar

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/ending"
)

// Lock is a lock that this process holds. It stays held until [Lock.Release], or until the process ends: dropping the
// pointer does not release it. All methods may be called from several goroutines at once.
type Lock struct {
	call
	held      *publication
	pid       int
	since     time.Time
	hadToWait time.Duration
	beat      time.Duration
	done      chan struct{}

	mu       sync.Mutex
	released bool
	lost     bool
	bySignal bool
	lastBeat beatTime
	timer    *time.Timer
	contexts map[*context.CancelCauseFunc]struct{}
}

// Acquire takes the lock of the file target, which need not exist, and waits for it as long as it is held: 10 s, or
// [WithTimeout], or until ctx ends. It gets past a dead holder by itself. Read the file only after that.
//
// The lock is held when err is nil, and only then; release it with [Lock.Release]. Otherwise nothing is left behind, and
// err is an [*Error] that says who holds the lock and what to do. When ctx is cancelled, err is its error
// (errors.Is with context.Canceled); when ctx's deadline passes, err is both [ErrTimeout] and context.DeadlineExceeded.
// A ctx that comes from [With] for the same lock fails at once with [ErrReentrant].
func Acquire(ctx context.Context, target string, options ...Option) (*Lock, error) {
	return acquire(ctx, target, nil, options)
}

func acquire(ctx context.Context, target string, asking *adoption, options []Option) (*Lock, error) {
	c := call{target: target, lockPath: target + ".lock", started: time.Now()}
	settings, fault := apply(options)
	if ctx == nil {
		fault = "the context is nil"
	}
	if fault == "" {
		fault = targetFault(target)
	}
	if asking != nil && asking.ask == nil {
		fault = "tryAdopt is nil"
	}
	if fault != "" {
		return nil, c.invalidError(fault)
	}
	if ctx.Err() != nil {
		return nil, c.ended(ctx, func() *Error {
			return c.fail(ErrTimeout, "the context had ended before", "give it more time")
		})
	}
	if asking == nil {
		return c.acquire(ctx, settings, nil)
	}
	if err := asking.begin(target, settings.watch); err != nil {
		return nil, err
	}
	lock, err := c.acquire(ctx, settings, asking)
	if refused, _ := err.(*Error); refused != nil && refused.Code != ErrReentrant {
		return nil, asking.insteadOf(err)
	}
	return lock, err
}

func (c call) acquire(ctx context.Context, settings settings, asking *adoption) (*Lock, error) {
	paths, err := resolvePaths(c.target, settings.createParent)
	if err != nil {
		return nil, c.systemError(err, c.target)
	}
	a, err := newAcquisition(c, settings, paths)
	if err != nil {
		return nil, err
	}
	a.asking = asking
	if carries(ctx, paths.lock) {
		return nil, a.reentrantError()
	}
	leftovers.retry()
	sweep(a.clock)
	letOthersIn(ctx, paths.lock, settings.timeout)
	for {
		got, err := a.run(ctx)
		if err != nil {
			return nil, err
		}
		if lock := a.hold(got); lock != nil {
			return lock, nil
		}
		got.forget()
	}
}

// hold is nil where a signal has released the lock since, and the program's own handler lets it live.
func (a *acquisition) hold(got *publication) *Lock {
	defer ending.Enter()()
	if !inHand.has(got) {
		return nil
	}
	lock := newLock(a, got)
	inHand.add(got, lock)
	return lock
}

func newLock(a *acquisition, got *publication) *Lock {
	passOrder()
	now := time.Now()
	lock := &Lock{
		call:     call{target: a.target, lockPath: a.lockPath},
		held:     got,
		pid:      os.Getpid(),
		since:    now,
		beat:     beatOf(a.stale),
		lastBeat: beatAt(now),
		done:     make(chan struct{}),
		contexts: map[*context.CancelCauseFunc]struct{}{},
	}
	if a.waited {
		lock.hadToWait = now.Sub(a.started)
	}
	lock.startBeating()
	return lock
}

// With takes the lock of target as [Acquire] does, calls body, and releases the lock however body ends: by returning, by
// a panic, which goes on, or by runtime.Goexit.
//
// body's context is cancelled when ctx is, and when the lock is lost; context.Cause then is an [*Error] with [ErrLost]. It
// also carries the lock, so that taking it again in there fails at once with [ErrReentrant]. If body and release both
// fail, both errors are in the result, body's first.
func With(ctx context.Context, target string, body func(ctx context.Context) error, options ...Option) (err error) {
	if body == nil {
		c := call{target: target, lockPath: target + ".lock"}
		return c.invalidError("the body is nil")
	}
	lock, err := Acquire(ctx, target, options...)
	if err != nil {
		return err
	}
	inner, cancel := lock.Context(ctx)
	defer func() {
		failed := lock.giveBack()
		cancel()
		if failed == nil {
			return
		}
		if err == nil {
			err = failed
		} else {
			err = errors.Join(err, failed)
		}
	}()
	return body(inner)
}
