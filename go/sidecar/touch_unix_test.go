//go:build unix

package sidecar

import (
	"os"
	"testing"
	"time"
)

func TestABeatIsByTheFileSystemsClockAndNeverGoesBack(t *testing.T) {
	lock := mustAcquire(t, newTarget(t))
	modified := func() time.Time {
		info, err := os.Lstat(lock.Path())
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime()
	}
	beat := func() (before, after time.Time) {
		before = modified()
		if err := touch(lock.held.file); err != nil {
			t.Fatal(err)
		}
		return before, modified()
	}
	age(t, lock.Path(), time.Hour)
	if before, after := beat(); after.Before(before.Add(59 * time.Minute)) {
		t.Errorf("from %v to %v", before, after)
	}
	// As after a clock that was set back.
	age(t, lock.Path(), -time.Hour)
	if before, after := beat(); !after.After(before) || after.After(before.Add(time.Second)) {
		t.Errorf("from %v to %v", before, after)
	}
}
