package sidecar

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// deadNumber is the pid of a process that has ended, and been reaped.
func deadNumber(t *testing.T) int {
	t.Helper()
	p := start(t, "nothing")
	p.reap()
	return p.cmd.Process.Pid
}

func init() { roles["nothing"] = func([]string) error { return nil } }

func needAllProcesses(t *testing.T) {
	t.Helper()
	if !isInitial(machine{}) || !procUsable(machine{}) {
		t.Skip("not everybody is visible from this PID namespace")
	}
}

// patience is enough for silence to count.
func patience(more ...Option) []Option {
	return append([]Option{WithRemoveForeign(), WithForeignTimeout(20 * time.Second)}, more...)
}

// leave puts what a dead locker has left an hour ago.
func leave(t *testing.T, kind string) (target string) {
	t.Helper()
	target = newTarget(t)
	pid := deadNumber(t)
	switch kind {
	case "proper-lockfile":
		if err := os.Mkdir(target+".lock", 0o755); err != nil {
			t.Fatal(err)
		}
	case "pid-file":
		write0644(t, target+".lock", fmt.Sprintf("%d\n", pid))
	case "filelock-soft":
		write0644(t, target+".lock", fmt.Sprintf("%d\nhost\n", pid))
	case "cross-process-lock":
		write0644(t, target+".lock", fmt.Sprintf(`{"pID":%d}`, pid))
	case "openclaw-torn":
		write0644(t, target+".lock", "{\n  \"pid\": 47")
	}
	age(t, target+".lock", time.Hour)
	return target
}

func TestAnAbandonedForeignLockIsTakenWhenAskedAndOnlyAfterTwoSeconds(t *testing.T) {
	needAllProcesses(t)
	for _, kind := range []string{"proper-lockfile", "pid-file", "filelock-soft", "cross-process-lock", "openclaw-torn"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			target := leave(t, kind)
			failed := mustFail(t, ErrForeign, target, WithRemoveForeign(), WithForeignTimeout(300*time.Millisecond))
			if !strings.Contains(failed.Hint, "not watched for 2 s") {
				t.Errorf("hint %q", failed.Hint)
			}
			if _, err := os.Lstat(target + ".lock"); err != nil {
				t.Fatal(err)
			}
			mustRelease(t, mustAcquire(t, target, patience()...))
			mustBeEmpty(t, filepath.Dir(target))
		})
	}
}

func TestWhatIsUsedOrOfAnotherKindStaysAndTheHintSaysWhy(t *testing.T) {
	needAllProcesses(t)
	reasons := map[string]struct {
		make func(t *testing.T, lock string)
		why  string
	}{
		"its maker lives": {func(t *testing.T, lock string) {
			write0644(t, lock, fmt.Sprintf("%d\n", os.Getpid()))
		}, "process lives"},
		"somebody has it open": {func(t *testing.T, lock string) {
			write0644(t, lock, "{\n  \"pid\": 47")
			file, err := os.Open(lock)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = file.Close() })
		}, "open or locked"},
		"a directory with a file": {func(t *testing.T, lock string) {
			if err := os.MkdirAll(filepath.Join(lock, "inside"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, "never removed"},
		"git": {func(t *testing.T, lock string) { write0644(t, lock, "DIRC") }, "never removed"},
	}
	for name, each := range reasons {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := newTarget(t)
			each.make(t, target+".lock")
			age(t, target+".lock", time.Hour)
			failed := mustFail(t, ErrForeign, target, patience(WithForeignTimeout(2500*time.Millisecond))...)
			if !strings.Contains(failed.Hint, each.why) {
				t.Errorf("hint %q", failed.Hint)
			}
			if _, err := os.Lstat(target + ".lock"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestADirectoryThatIsTouchedIsNeverTaken(t *testing.T) {
	target := newTarget(t)
	lock := target + ".lock"
	if err := os.Mkdir(lock, 0o755); err != nil {
		t.Fatal(err)
	}
	age(t, lock, time.Hour)
	over := make(chan struct{})
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		for at := time.Now().Add(-30 * time.Minute); ; at = at.Add(time.Second) {
			select {
			case <-over:
				return
			case <-time.After(100 * time.Millisecond):
				_ = os.Chtimes(lock, at, at)
			}
		}
	}()
	mustFail(t, ErrForeign, target, patience(WithForeignTimeout(3*time.Second))...)
	close(over)
	<-beating
	mustRelease(t, mustAcquire(t, target, patience()...))
}

func TestNothingIsRemovedWhereReclaimingIsForbidden(t *testing.T) {
	target := leave(t, "proper-lockfile")
	failed := mustFail(t, ErrForeign, target, WithRemoveForeign(), WithoutReclaim())
	if !strings.Contains(failed.Hint, "WithoutReclaim") {
		t.Errorf("hint %q", failed.Hint)
	}
}

// Whatever happens to it between the two looks, or just before it goes.
func TestWhatChangesWhileItIsAboutToBeRemovedStays(t *testing.T) {
	needAllProcesses(t)
	changes := map[string]struct {
		kind, point string
		change      func(lock string) error
	}{
		"a directory is touched": {"proper-lockfile", "reclaim:guarded", func(lock string) error {
			return os.Chtimes(lock, time.Now(), time.Now())
		}},
		"a directory gets a file": {"proper-lockfile", "reclaim:rejudged", func(lock string) error {
			return os.WriteFile(filepath.Join(lock, "precious"), nil, 0o600)
		}},
		"a file is written again": {"pid-file", "reclaim:guarded", func(lock string) error {
			return os.WriteFile(lock, fmt.Appendf(nil, "%d\n", os.Getpid()), 0o600)
		}},
		"a file makes way for a directory": {"pid-file", "reclaim:guarded", func(lock string) error {
			if err := os.Remove(lock); err != nil {
				return err
			}
			return os.Mkdir(lock, 0o755)
		}},
		"the same bytes, with the same time, in another file": {"pid-file", "reclaim:guarded", func(lock string) error {
			raw, err := os.ReadFile(lock)
			if err != nil {
				return err
			}
			info, err := os.Lstat(lock)
			if err != nil {
				return err
			}
			if err := os.WriteFile(lock+".new", raw, 0o644); err != nil {
				return err
			}
			if err := os.Chtimes(lock+".new", info.ModTime(), info.ModTime()); err != nil {
				return err
			}
			return os.Rename(lock+".new", lock)
		}},
	}
	for name, each := range changes {
		t.Run(name, func(t *testing.T) {
			target := leave(t, each.kind)
			onPoint(t, each.point, func() {
				if err := each.change(target + ".lock"); err != nil {
					t.Fatal(err)
				}
			})
			if strings.HasPrefix(name, "the same bytes") {
				// It is as old as the first, and goes after a look of its own.
				mustRelease(t, mustAcquire(t, target, patience()...))
				return
			}
			mustFail(t, ErrForeign, target, patience(WithForeignTimeout(2200*time.Millisecond))...)
			if _, err := os.Lstat(target + ".lock"); err != nil {
				t.Error(err)
			}
			if _, err := os.Lstat(target + ".lock.reclaim"); err == nil {
				t.Error("the guard is there")
			}
		})
	}
}

// Its maker has let go between our two looks at it.
func TestADirectoryThatGoesBeforeItIsListedIsLookedAtAgain(t *testing.T) {
	for _, then := range []string{"nothing", "a file"} {
		target := newTarget(t)
		lock := target + ".lock"
		s := &subject{path: lock, sys: machine{}, clock: &fileClock{dir: filepath.Dir(target)}}
		if err := os.Mkdir(lock, 0o755); err != nil {
			t.Fatal(err)
		}
		found, err := s.look()
		if err != nil {
			t.Fatal(err)
		}
		mustRemove(t, lock)
		if then == "a file" {
			write0644(t, lock, "")
		}
		if !found.listing().gone {
			t.Errorf("not gone, with %s there", then)
		}
	}
}
