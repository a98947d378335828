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
	// Also where it cannot be read, for want of descriptors perhaps: this needs none.
	if now := time.Now(); l.lastBeat.before(now) >= l.beat && l.held.file != nil {
		l.lastBeat = beatAt(now)
		_ = touch(l.held.file)
	}
	l.held.witness.drain()
	l.timer.Reset(min(lossCheck, l.beat))
}

// beatTime is by two clocks: the monotonic one stands still while the machine sleeps, and the wall clock can be set back.
type beatTime struct{ monotonic, wall time.Time }

func beatAt(now time.Time) beatTime { return beatTime{monotonic: now, wall: now.Round(0)} }

// before is the time since, by the clock that shows more: after a sleep others may have seen a silence.
func (b beatTime) before(now time.Time) time.Duration {
	return max(now.Sub(b.monotonic), now.Round(0).Sub(b.wall))
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
