package sidecar

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"
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
	beatAt   time.Time
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
	c := call{target: target, lockPath: target + ".lock", started: time.Now()}
	settings, fault := apply(options)
	if ctx == nil {
		fault = "the context is nil"
	}
	if fault == "" {
		fault = targetFault(target)
	}
	if fault != "" {
		return nil, c.invalidError(fault)
	}
	if ctx.Err() != nil {
		return nil, c.ended(ctx, c.fail(ErrTimeout, "the context had ended before", "give it more time"))
	}
	paths, err := resolvePaths(target, settings.createParent)
	if err != nil {
		return nil, c.systemError(err, target)
	}
	a, err := newAcquisition(c, settings, paths)
	if err != nil {
		return nil, err
	}
	if carries(ctx, paths.lock) {
		return nil, a.reentrantError()
	}
	leftovers.retry()
	sweep(a.clock)
	letOthersIn(ctx, paths.lock, settings.timeout)
	got, err := a.run(ctx)
	if err != nil {
		return nil, err
	}
	return newLock(a, got), nil
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
		beatAt:   now,
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
		failed := lock.Release()
		cancel()
		if failed == nil {
			return
		}
		lock.abandon()
		if err == nil {
			err = failed
		} else {
			err = errors.Join(err, failed)
		}
	}()
	return body(inner)
}

// Target is the guarded file: absolute, its parent resolved, a final symbolic link not.
func (l *Lock) Target() string { return l.target }

// Path is the lock file, beside the target.
func (l *Lock) Path() string { return l.lockPath }

// Waited is how long Acquire waited for others; zero when it did not have to.
func (l *Lock) Waited() time.Duration { return l.hadToWait }

// Done is closed, once, when the lock is found to be lost: within about a second while it is held, or by [Lock.Release]. It
// stays open when the lock is released as it should be.
func (l *Lock) Done() <-chan struct{} { return l.done }

// Verify looks, without any side effect, whether the lock is still ours (RELEASE-5). It is true only if the lock file was
// read and holds exactly our bytes: false also when it cannot be read, or after release. Ask it just before a write that
// must not happen unprotected; a false answer means: do not write. (That is also why there is no second result: whatever
// the error, the answer is not to write; Release tells it.)
func (l *Lock) Verify() bool {
	l.mu.Lock()
	ended := l.released || l.pid != os.Getpid()
	l.mu.Unlock()
	if ended {
		return false
	}
	ours, err := holds(l.held.path, l.held.raw)
	return err == nil && ours
}

// Release gives the lock back. It is nil the second time, and on a nil *Lock, so that it can be deferred at once.
//
// [ErrLost] means that the lock was gone or somebody else's, which is left as it is: what was written since is
// unprotected. After [ErrPermission] or [ErrIO] the lock is still held, and Release can be called again.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	// A forked child never releases what its parent holds (RELEASE-8).
	if l.released || l.pid != os.Getpid() {
		return nil
	}
	passOrder()
	ours, err := l.held.remove(func() { point("release:compared") })
	if err != nil {
		return l.systemError(err, l.lockPath)
	}
	if ours {
		point("release:unlinked")
	}
	l.end()
	l.held.forget()
	noteRelease(l.lockPath, time.Since(l.since), l.hadToWait > 0)
	if !ours {
		l.lose()
	}
	l.endContexts(context.Canceled)
	leftovers.retry()
	if l.lost {
		return l.lostError()
	}
	return nil
}

// Close is [Lock.Release], for io.Closer.
func (l *Lock) Close() error { return l.Release() }

// end stops what runs while the lock is held. The mutex is held.
func (l *Lock) end() {
	l.released = true
	l.timer.Stop()
}

// abandon leaves a lock that could not be released, and that nobody has a hold of any more, to the next acquire of this
// process, or to the death of it.
func (l *Lock) abandon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return
	}
	l.end()
	l.endContexts(context.Canceled)
	leftovers.add(leftover{path: l.held.path, own: l.held})
}
