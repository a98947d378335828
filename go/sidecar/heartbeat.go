package sidecar

import (
	"os"
	"time"
)

const (
	lossCheck = specLossCheckMs * time.Millisecond
	// However short stale is, a holder has better things to do than to beat.
	fastestBeat = 10 * time.Millisecond
)

// beatOf is how often a holder touches its lock (RELEASE-9).
func beatOf(stale time.Duration) time.Duration { return max(stale/3, fastestBeat) }

// beating is a timer, not a goroutine: while nothing is due, nothing of a held lock runs.
func (l *Lock) startBeating() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timer = time.AfterFunc(min(lossCheck, l.beat), l.look)
}

// look notices loss (RELEASE-6), and tells of life. What cannot be read is not lost.
func (l *Lock) look() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released || l.lost || l.pid != os.Getpid() {
		return
	}
	ours, err := holds(l.held.path, l.held.raw)
	if err == nil && !ours {
		l.lose()
		return
	}
	if now := time.Now(); err == nil && elapsed(l.beatAt, now) >= l.beat && l.held.file != nil {
		l.beatAt = now
		_ = touch(l.held.file)
	}
	l.held.witness.drain()
	l.timer.Reset(min(lossCheck, l.beat))
}

// elapsed is by the monotonic or the wall clock, whichever shows more: the former stands still while the machine sleeps,
// and others may have seen a silence.
func elapsed(from, to time.Time) time.Duration {
	return max(to.Sub(from), to.Round(0).Sub(from.Round(0)))
}

// lose tells, once, that the lock is no longer ours. The mutex is held.
func (l *Lock) lose() {
	if l.lost {
		return
	}
	l.lost = true
	close(l.done)
	l.endContexts(l.lostError())
}
