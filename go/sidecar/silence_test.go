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
