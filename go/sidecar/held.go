package sidecar

import (
	"context"
	"os"
	"time"
)

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
	ours, err := l.verify()
	return err == nil && ours
}

func (l *Lock) verify() (bool, error) {
	if l == nil {
		return false, nil
	}
	l.mu.Lock()
	ended := l.released || l.pid != os.Getpid()
	l.mu.Unlock()
	if ended {
		return false, nil
	}
	ours, err := holds(l.held.path, l.held.raw)
	if err != nil {
		return false, l.systemError(err, l.lockPath)
	}
	return ours, nil
}

// Release gives the lock back. It is nil the second time, and on a nil *Lock, so that it can be deferred at once.
//
// [ErrLost] means that the lock was gone or somebody else's, which is left as it is: what was written since is
// unprotected. After [ErrPermission] or [ErrIO] the lock is still held, and Release can be called again.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	return l.release(false)
}

// release for a signal tells whoever goes on, under a handler of the program's own, that the lock is lost to him.
func (l *Lock) release(forSignal bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bySignal && !forSignal {
		l.bySignal = false
		return l.lostError()
	}
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
	l.bySignal = forSignal
	if !ours || forSignal {
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

// giveBack is Release for a lock that nobody has a hold of any more.
func (l *Lock) giveBack() error {
	err := l.Release()
	if err != nil {
		l.abandon()
	}
	return err
}

// abandon leaves a lock that could not be released, and that nobody has a hold of any more, to a later try of this process,
// or to the death of it.
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
