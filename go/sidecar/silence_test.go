package sidecar

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func ofAnEarlierBoot(t *testing.T) string {
	t.Helper()
	if self().BootID == "" {
		t.Skip("Linux only")
	}
	return deadPayload(t, func(p *lockPayload) { p.BootId = "an-earlier-boot" })
}

func TestALockOfAnEarlierBootIsTakenWhenItHasBeenWatchedAndSilent(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", ofAnEarlierBoot(t))
	age(t, target+".lock", time.Hour)
	lock := mustAcquire(t, target, WithTimeout(time.Minute))
	if lock.Waited() < silenceWatch {
		t.Errorf("taken after %v", lock.Waited())
	}
	mustRelease(t, lock)
	mustBeEmpty(t, filepath.Dir(target))
}

// A reclaimer that was stopped would lose.
func TestAGuardIsNeverBrokenForItsSilence(t *testing.T) {
	target := newTarget(t)
	guard := target + ".lock.reclaim"
	write0644(t, guard, ofAnEarlierBoot(t))
	age(t, guard, time.Hour)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Acquire(ctx, target, WithTimeout(time.Minute), WithOnWait(func(event WaitEvent) {
		if event.Holder.Reason == noSignOfLife {
			cancel()
		}
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if names := namesIn(t, filepath.Dir(target)); len(names) != 1 {
		t.Errorf("%q", names)
	}
	failed := mustFail(t, ErrTimeout, target, WithTimeout(0))
	if failed.Path != guard || !strings.Contains(failed.Hint, trustPIDsVariable) {
		t.Errorf("got %+v", failed)
	}
	mustAcquire(t, target, WithTimeout(0), WithTrustPIDs(true))
}

func TestAnUnjudgeableLocksErrorNamesTheSwitchAndTheCommand(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", ofAnEarlierBoot(t))
	failed := mustFail(t, ErrTimeout, target, WithTimeout(0))
	for _, part := range []string{"OPENCLAW_LOCKS_TRUST_PIDS=1", "rm '" + target + ".lock'"} {
		if !strings.Contains(failed.Hint, part) {
			t.Errorf("no %s in %q", part, failed.Hint)
		}
	}
	if strings.ContainsAny(failed.Hint, "\n;") {
		t.Errorf("more than a sentence: %q", failed.Hint)
	}
	t.Setenv(trustPIDsVariable, "1")
	mustAcquire(t, target, WithTimeout(0))
}

func TestASleepAddsNothingToASilence(t *testing.T) {
	var seen silence
	const step = pollMax
	quiet, watched := 30*time.Second, time.Duration(0)
	look := func() time.Duration {
		watched += step
		quiet += step
		return seen.noted(watched, quiet)
	}
	for watched < silenceWatch {
		if got := look(); got != 0 {
			t.Fatalf("silent for %v when watched for %v", got, watched)
		}
	}
	if got, want := look(), 30*time.Second+step; got != want {
		t.Errorf("silent for %v, want %v", got, want)
	}
	quiet += time.Hour // The machine sleeps.
	for slept := watched; watched < slept+silenceWatch; {
		if got := look(); got > time.Minute {
			t.Fatalf("silent for %v only %v after a sleep", got, watched-slept)
		}
	}
	if got := look(); got < time.Hour {
		t.Errorf("silent for %v when watched long enough after the sleep", got)
	}
}

func TestASilenceOfNothingIsNone(t *testing.T) {
	if isSilent(facts{SilentMs: 0}, policy{StaleMs: 0}) {
		t.Error("silent without having been watched")
	}
}
