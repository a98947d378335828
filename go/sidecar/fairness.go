package sidecar

import (
	"context"
	"sync"
	"time"
)

const (
	longestStreak = 20 * time.Millisecond
	courtesy      = 2 * time.Millisecond
	mostStreaks   = 1000
)

// streaks is how long this process has held a lock, again and again, without ever having waited (WAIT-6).
var streaks = struct {
	sync.Mutex
	of map[string]streak
}{of: map[string]streak{}}

type streak struct {
	held       time.Duration
	releasedAt time.Time
}

// letOthersIn pauses once after a long streak: whoever releases and takes again at once is always the first. It tells
// nobody if the context ends meanwhile; the next step will.
func letOthersIn(ctx context.Context, lockPath string, atMost time.Duration) {
	streaks.Lock()
	found := streaks.of[lockPath]
	due := found.held >= longestStreak
	if due {
		delete(streaks.of, lockPath)
	}
	streaks.Unlock()
	// Released longer ago than the longest pause: every waiter has had its look since.
	if due && time.Since(found.releasedAt) < pollMax && atMost > 0 {
		_ = sleep(ctx, min(courtesy, atMost))
	}
}

func noteRelease(lockPath string, held time.Duration, waited bool) {
	streaks.Lock()
	defer streaks.Unlock()
	if waited {
		delete(streaks.of, lockPath)
		return
	}
	if len(streaks.of) >= mostStreaks {
		clear(streaks.of)
	}
	streaks.of[lockPath] = streak{held: streaks.of[lockPath].held + held, releasedAt: time.Now()}
}
