package sidecar

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
)

// deadPID is a process id that was somebody's a moment ago.
func deadPID(t *testing.T) int64 {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), roleVariable+"=nothing")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	return int64(child.Process.Pid)
}

func init() {
	roles["nothing"] = func([]string) error { return nil }

	// Acquires the target, and is killed at the point.
	roles["die-at"] = func(args []string) error {
		reached := func(at string) {
			if at == args[1] {
				self, err := os.FindProcess(os.Getpid())
				if err == nil && os.Getpid() != 1 { // As a container's, it would be immune.
					_ = self.Kill()
					select {}
				}
				os.Exit(137)
			}
		}
		hook.Point.Store(&reached)
		lock, err := Acquire(context.Background(), args[0])
		if err != nil {
			return err
		}
		return lock.Release()
	}

	// Holds the target until it is killed or its input ends.
	roles["hold"] = func(args []string) error {
		lock, err := Acquire(context.Background(), args[0])
		if err != nil {
			return err
		}
		say("held")
		_, _ = os.Stdin.Read(make([]byte, 1))
		err = lock.Release()
		say("released")
		return err
	}
}

func TestAKilledHoldersLockIsTakenAtOnceEvenWithNoTimeLeft(t *testing.T) {
	target := newTarget(t)
	child := start(t, "hold", target)
	child.expect("held")
	failed := mustFail(t, ErrTimeout, target, WithTimeout(0))
	if failed.Holder.PID != child.cmd.Process.Pid {
		t.Errorf("holder %+v", failed.Holder)
	}
	child.kill()
	lock := mustAcquire(t, target, WithTimeout(0))
	mustRelease(t, lock)
	if names := namesIn(t, filepath.Dir(target)); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}

func TestAnotherProcessWaitsForUs(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target)
	child := start(t, "hold", target)
	mustRelease(t, lock)
	child.expect("held")
	if state, err := Inspect(target); err != nil || state.Holder == nil || state.Holder.PID != child.cmd.Process.Pid {
		t.Errorf("%+v, %v", state, err)
	}
	_ = child.stdin.Close()
	child.expect("released")
}

// Whoever is killed, wherever: the next one gets the lock at once, and what the dead one has left does no harm.
func TestAKillAtAnyPointLeavesTheLockToTheNext(t *testing.T) {
	free := func(*testing.T, string) {}
	stale := func(t *testing.T, target string) { write0644(t, target+".lock", deadPayload(t, nil)) }
	guarded := func(t *testing.T, target string) { write0644(t, target+".lock.reclaim", deadPayload(t, nil)) }
	points := []struct {
		name  string
		setUp func(*testing.T, string)
		left  int // Candidates and markers, which are swept later.
	}{
		{"acquire:looked", free, 0},
		{"acquire:candidate", free, 1},
		{"acquire:linked", free, 1},
		{"release:compared", free, 0},
		{"release:unlinked", free, 0},
		{"reclaim:judged", stale, 0},
		{"reclaim:guarded", stale, 0},
		{"reclaim:rejudged", stale, 0},
		{"reclaim:unlinked", stale, 0},
		{"reclaim:published", stale, 0},
		{"reclaim:unguarding", stale, 0},
		{"break:marked", guarded, 0},
		{"break:compared", guarded, 0},
		{"break:unlinked", guarded, 1},
	}
	for _, point := range points {
		t.Run(point.name, func(t *testing.T) {
			target := newTarget(t)
			point.setUp(t, target)
			child := start(t, "die-at", target, point.name)
			child.reap()
			if child.cmd.ProcessState.Success() {
				t.Fatal("the point was not reached")
			}
			lock := mustAcquire(t, target, WithTimeout(0))
			if !lock.Verify() {
				t.Error("not held")
			}
			mustRelease(t, lock)
			dir := filepath.Dir(target)
			if names := namesIn(t, dir); len(names) != point.left {
				t.Errorf("left behind: %q", names)
			}
			for _, name := range allNamesIn(t, dir) {
				age(t, filepath.Join(dir, name), time.Minute)
			}
			forgetSweeps()
			mustRelease(t, mustAcquire(t, target))
			mustBeEmpty(t, dir)
		})
	}
}

func forgetSweeps() {
	directories.Lock()
	defer directories.Unlock()
	clear(directories.sweptAt)
}

func TestADeadBreakersMarkerIsBrokenToo(t *testing.T) {
	target := newTarget(t)
	guard := deadPayload(t, nil)
	write0644(t, target+".lock.reclaim", guard)
	first := deadPayload(t, nil)
	write0644(t, paths{guard: target + ".lock.reclaim"}.marker([]byte(guard)), first)
	write0644(t, paths{guard: target + ".lock.reclaim"}.marker([]byte(first)), deadPayload(t, nil))
	mustRelease(t, mustAcquire(t, target, WithTimeout(0)))
	mustBeEmpty(t, filepath.Dir(target))
}

func TestALivingBreakersMarkerIsWaitedFor(t *testing.T) {
	target := newTarget(t)
	guard := deadPayload(t, nil)
	write0644(t, target+".lock.reclaim", guard)
	marker := paths{guard: target + ".lock.reclaim"}.marker([]byte(guard))
	alive, err := serialise(newPayload(newToken(), "1"))
	if err != nil {
		t.Fatal(err)
	}
	write0644(t, marker, string(alive))
	failed := mustFail(t, ErrTimeout, target, WithTimeout(50*time.Millisecond))
	if failed.Path != marker || failed.Holder.PID != os.Getpid() {
		t.Errorf("got %+v", failed)
	}
	if names := namesIn(t, filepath.Dir(target)); len(names) != 2 {
		t.Errorf("left %q", names)
	}
}

func TestAnyGuardKeepsEverybodyFromPublishing(t *testing.T) {
	for name, make := range map[string]func(*testing.T, string){
		"of the living": func(t *testing.T, path string) {
			raw, err := serialise(newPayload(newToken(), "1"))
			if err != nil {
				t.Fatal(err)
			}
			write0644(t, path, string(raw))
		},
		"a directory": func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
		"empty":           func(t *testing.T, path string) { write0644(t, path, "") },
		"without a pid":   func(t *testing.T, path string) { write0644(t, path, "{}") },
		"a dangling link": func(t *testing.T, path string) { _ = os.Symlink("nowhere", path) },
	} {
		t.Run(name, func(t *testing.T) {
			target := newTarget(t)
			make(t, target+".lock.reclaim")
			mustFail(t, ErrTimeout, target, WithTimeout(60*time.Millisecond))
			if names := namesIn(t, filepath.Dir(target)); len(names) != 1 {
				t.Errorf("%q", names)
			}
		})
	}
}

func TestAnOldGuardThatNamesNobodyIsNamedWithItsRepair(t *testing.T) {
	target := newTarget(t)
	guard := target + ".lock.reclaim"
	if err := os.Mkdir(guard, 0o700); err != nil {
		t.Fatal(err)
	}
	age(t, guard, time.Minute)
	failed := mustFail(t, ErrGuardOrphaned, target, WithTimeout(0))
	if failed.Path != guard || failed.Hint != "once no OpenClaw process runs, run: rmdir '"+guard+"'" {
		t.Errorf("hint %q", failed.Hint)
	}
	mustFail(t, ErrTimeout, target, WithTimeout(0), WithStale(time.Hour))
}

// Looks dead but is not proven so: a reclaimer that was merely stopped would lose.
func TestAGuardIsNeverBrokenByAge(t *testing.T) {
	target := newTarget(t)
	guard := target + ".lock.reclaim"
	write0644(t, guard, `{"createdAt":"2020-01-01T00:00:00.000Z"}`)
	age(t, guard, time.Hour)
	mustFail(t, ErrGuardOrphaned, target, WithTimeout(0))
	if names := namesIn(t, filepath.Dir(target)); len(names) != 1 {
		t.Errorf("%q", names)
	}
}

func TestWithoutReclaimNothingIsRemoved(t *testing.T) {
	for _, suffix := range []string{".lock", ".lock.reclaim"} {
		target := newTarget(t)
		write0644(t, target+suffix, deadPayload(t, nil))
		failed := mustFail(t, ErrStale, target, WithoutReclaim())
		if failed.Holder == nil || failed.Holder.Verdict != Stale || failed.Waited != 0 {
			t.Errorf("got %+v", failed)
		}
		if names := namesIn(t, filepath.Dir(target)); len(names) != 1 {
			t.Errorf("%q", names)
		}
	}
}

func TestALockThatChangesUnderTheGuardIsNotRemoved(t *testing.T) {
	target := newTarget(t)
	path := target + ".lock"
	write0644(t, path, deadPayload(t, nil))
	var fresh []byte
	onPoint(t, "reclaim:guarded", func() {
		var err error
		if fresh, err = serialise(newPayload(newToken(), "1")); err != nil {
			t.Error(err)
		}
		write0644(t, path, string(fresh))
	})
	mustFail(t, ErrTimeout, target, WithTimeout(50*time.Millisecond))
	if _, raw := readPayload(t, path); string(raw) != string(fresh) {
		t.Errorf("changed: %s", raw)
	}
	if names := namesIn(t, filepath.Dir(target)); len(names) != 1 {
		t.Errorf("%q", names)
	}
}

func TestALockTouchedUnderTheGuardIsNotRemoved(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", deadPayload(t, nil))
	touched := 0
	reached := func(at string) {
		if at == "reclaim:guarded" && touched < 3 {
			touched++
			age(t, target+".lock", time.Duration(touched)*time.Minute)
		}
		if at == "reclaim:rejudged" && touched < 3 {
			t.Error("about to unlink what has changed")
		}
	}
	hook.Point.Store(&reached)
	defer hook.Point.Store(nil)
	mustAcquire(t, target)
	if touched != 3 {
		t.Errorf("guarded %d times", touched)
	}
}

func TestAReclaimThatLosesItsLockToAnOldOpenClawContendsAgain(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", deadPayload(t, nil))
	onPoint(t, "reclaim:unguarding", func() { mustRemove(t, target+".lock") })
	lock := mustAcquire(t, target)
	if !lock.Verify() {
		t.Error("acquired, and not held")
	}
}

func TestCancelWhileSettlingGivesTheLockBack(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", deadPayload(t, nil))
	ctx, cancel := context.WithCancel(context.Background())
	onPoint(t, "reclaim:unguarding", cancel)
	if _, err := Acquire(ctx, target); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Dir(target))
}

func TestAGuardThatIsNoLongerOursIsLeft(t *testing.T) {
	target := newTarget(t)
	guard := target + ".lock.reclaim"
	write0644(t, target+".lock", deadPayload(t, nil))
	onPoint(t, "reclaim:published", func() {
		mustRemove(t, guard)
		write0644(t, guard, "somebody else's")
	})
	mustAcquire(t, target)
	if raw, err := os.ReadFile(guard); err != nil || string(raw) != "somebody else's" {
		t.Errorf("%q, %v", raw, err)
	}
}

func TestAnOldOpenClawsDeadHolderIsReclaimed(t *testing.T) {
	target := newTarget(t)
	pid := deadPID(t)
	write0644(t, target+".lock", deadPayload(t, func(p *lockPayload) {
		*p = lockPayload{Pid: pid, CreatedAt: p.CreatedAt, Starttime: p.Starttime}
	}))
	state, err := Inspect(target)
	if err != nil {
		t.Fatal(err)
	}
	if state.Reason == "looks-dead-unproven" {
		t.Skip("death cannot be proven in this PID namespace")
	}
	mustAcquire(t, target, WithTimeout(0))
}
