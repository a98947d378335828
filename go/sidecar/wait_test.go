package sidecar

import (
	"context"
	"testing"
	"time"
)

func TestPausesGrowToTheLongestAndNoFurther(t *testing.T) {
	for range 100 {
		var pauses backoff
		full := pollMin
		for range 10 {
			if got := pauses.pause(); got < full/2 || got > full {
				t.Fatalf("paused %v, want %v to %v", got, full/2, full)
			}
			full = min(2*full, pollMax)
		}
	}
}

func TestAPauseEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(time.Millisecond, cancel)
	if err := sleep(ctx, time.Hour); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

func TestWhoHoldsAgainAndAgainLetsOthersInOnce(t *testing.T) {
	path := newTarget(t) + ".lock"
	paused := func(atMost time.Duration) bool {
		started := time.Now()
		letOthersIn(context.Background(), path, atMost)
		return time.Since(started) >= courtesy
	}
	noteRelease(path, longestStreak/2, false)
	noteRelease(path, longestStreak/2, false)
	if !paused(time.Hour) {
		t.Error("went on after a long streak")
	}
	streaks.Lock()
	_, known := streaks.of[path]
	streaks.Unlock()
	if known {
		t.Error("the streak goes on after a pause")
	}
	noteRelease(path, longestStreak, false)
	noteRelease(path, longestStreak, true)
	streaks.Lock()
	_, known = streaks.of[path]
	streaks.Unlock()
	if known {
		t.Error("a wait does not end the streak")
	}
}
