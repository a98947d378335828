package sidecar

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestALockDatedInTheFutureIsAsOldAsWeHaveSeenIt(t *testing.T) {
	path := newTarget(t) + ".lock"
	write0644(t, path, "x")
	age(t, path, -time.Hour)
	lock := subject{path: path, sys: machine{}, clock: &fileClock{dir: filepath.Dir(path)}, policy: policy{StaleMs: 1000}}
	first, err := lock.look()
	if err != nil || first.quiet() != 0 {
		t.Fatalf("quiet for %v at first sight, %v", first.quiet(), err)
	}
	// However long the machine slept meanwhile.
	lock.seenAt = lock.seenAt.Add(-time.Hour)
	second, err := lock.look()
	if err != nil || second.quiet() != pollMax {
		t.Errorf("quiet for %v, %v", second.quiet(), err)
	}
	age(t, path, -2*time.Hour)
	third, err := lock.look()
	if err != nil || third.quiet() != 0 {
		t.Errorf("quiet for %v after a change, %v", third.quiet(), err)
	}
}

func TestTheAgeIsByTheFileSystemsClock(t *testing.T) {
	path := newTarget(t) + ".lock"
	write0644(t, path, "x")
	age(t, path, time.Minute)
	clock := &fileClock{dir: filepath.Dir(path)}
	clock.now()
	clock.stamp = clock.stamp.Add(time.Hour) // A server that is an hour ahead.
	lock := subject{path: path, sys: machine{}, clock: clock, policy: policy{StaleMs: 1000}}
	found, err := lock.look()
	if err != nil || found.quiet() < time.Hour {
		t.Errorf("quiet for %v, %v", found.quiet(), err)
	}
	mustBeLike(t, namesIn(t, filepath.Dir(path)), "config.json.lock")
}

func mustBeLike(t *testing.T, names []string, want string) {
	t.Helper()
	if len(names) != 1 || names[0] != want {
		t.Errorf("names %q, want %q", names, want)
	}
}

func TestALookNeverWaitsForAPipe(t *testing.T) {
	path := newTarget(t) + ".lock"
	if err := makeFIFO(path); err != nil {
		t.Skip(err)
	}
	if found, err := readRegular(path); found != nil || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}

func TestALinkIsNeverFollowed(t *testing.T) {
	path := newTarget(t) + ".lock"
	write0644(t, path+".real", "secret")
	if err := os.Symlink(path+".real", path); err != nil {
		t.Skip(err)
	}
	if ours, err := holds(path, []byte("secret")); ours || err != nil {
		t.Errorf("%v, %v", ours, err)
	}
	if _, err := openForReading(path); err == nil && keepsDescriptor {
		t.Error("opened through a link")
	}
}
