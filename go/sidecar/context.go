package sidecar

import "context"

type carriedKey struct{}

// carried is the lock that a context has been made for, and those of the contexts around it.
type carried struct {
	lock  *Lock
	outer *carried
}

// carries says whether ctx comes from With, or Lock.Context, of this lock, and it is still held (WAIT-8).
func carries(ctx context.Context, lockPath string) bool {
	found, _ := ctx.Value(carriedKey{}).(*carried)
	for ; found != nil; found = found.outer {
		if found.lock.lockPath == lockPath && found.lock.isHeld() {
			return true
		}
	}
	return false
}

func (l *Lock) isHeld() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.released && !l.lost
}

// Context is parent for as long as the lock is held: it is cancelled when the lock is lost, with an [*Error] of [ErrLost]
// as its context.Cause, and when it is released. It carries the lock, as that of [With] does. Call cancel when done with
// it.
func (l *Lock) Context(parent context.Context) (ctx context.Context, cancel context.CancelFunc) {
	ctx, end := context.WithCancelCause(l.carriedBy(parent))
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.lost:
		end(l.lostError())
	case l.released:
		end(context.Canceled)
	default:
		l.contexts[&end] = struct{}{}
	}
	return ctx, func() {
		l.mu.Lock()
		delete(l.contexts, &end)
		l.mu.Unlock()
		end(context.Canceled)
	}
}

func (l *Lock) carriedBy(parent context.Context) context.Context {
	outer, _ := parent.Value(carriedKey{}).(*carried)
	return context.WithValue(parent, carriedKey{}, &carried{lock: l, outer: outer})
}

// endContexts cancels what Context has made. The mutex is held; no code of the caller runs in here.
func (l *Lock) endContexts(cause error) {
	for end := range l.contexts {
		(*end)(cause)
	}
	clear(l.contexts)
}
