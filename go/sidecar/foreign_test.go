package sidecar

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAForeignLockIsNamedAndLeft(t *testing.T) {
	contents := map[string]string{
		"cross-process-lock": `{"pID":4711,"lockTime":1795255200000}`,
		"pid-file":           "4711\n",
		"py-filelock-soft":   "4711\nhost\n",
		"py-filelock-marker": "filelock/2\npid=4711\n",
		"git":                "DIRC\x00\x00\x00\x02",
		"garbage":            "locked by the backup job\n",
		"json-without-owner": `{"kind":"x"}`,
		"empty":              "",
		"oversized":          strings.Repeat(" ", specMaxReadBytes+1),
	}
	for kind, content := range contents {
		t.Run(kind, func(t *testing.T) {
			target := newTarget(t)
			write0644(t, target+".lock", content)
			age(t, target+".lock", 10*time.Second)
			failed := mustFail(t, ErrForeign, target, WithForeignTimeout(20*time.Millisecond))
			if failed.Kind != kind || failed.Hint == "" {
				t.Errorf("kind %q, hint %q", failed.Kind, failed.Hint)
			}
			if raw, err := os.ReadFile(target + ".lock"); err != nil || string(raw) != content {
				t.Errorf("changed: %v", err)
			}
		})
	}
}

func TestWhatIsNoFileIsRefusedAtOnce(t *testing.T) {
	objects := map[string]func(path string) error{
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"symlink":   func(path string) error { return os.Symlink("nowhere", path) },
		"fifo":      makeFIFO,
		"socket": func(path string) error {
			listener, err := net.Listen("unix", path)
			if err == nil {
				t.Cleanup(func() { _ = listener.Close() })
			}
			return err
		},
	}
	for kind, make := range objects {
		t.Run(kind, func(t *testing.T) {
			target := newTarget(t)
			t.Chdir(filepath.Dir(target))
			if err := make("config.json.lock"); err != nil {
				t.Skip(err)
			}
			failed := mustFail(t, ErrForeign, target, WithTimeout(time.Hour), WithForeignTimeout(time.Hour))
			if failed.Kind != kind || failed.Waited != 0 {
				t.Errorf("got %+v", failed)
			}
		})
	}
}

func TestAYoungUnreadableLockIsBeingWritten(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", `{"pid":`)
	failed := mustFail(t, ErrTimeout, target, WithTimeout(30*time.Millisecond))
	if failed.Holder.Verdict != BeingWritten {
		t.Errorf("holder %+v", failed.Holder)
	}
}

func TestTheForeignWaitBeginsAnewWhenItBecomesALock(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", "4711\n")
	age(t, target+".lock", time.Minute)
	holder := ""
	lock := mustAcquire(t, target, WithForeignTimeout(time.Minute), WithOnWait(func(e WaitEvent) {
		holder = e.Holder.Reason
		mustRemove(t, target+".lock")
	}))
	if holder != "garbage" || !lock.Verify() {
		t.Errorf("waited for %q", holder)
	}
}

func TestAnEmptyLockLeftByAKilledOpenClawIsReclaimedWhereNobodyCanHaveIt(t *testing.T) {
	if !isInitial(machine{}) || !procUsable(machine{}) {
		t.Skip("not everybody is visible from this PID namespace")
	}
	target := newTarget(t)
	write0644(t, target+".lock", "")
	age(t, target+".lock", time.Minute)
	mustAcquire(t, target, WithTimeout(0))
}

func TestAnEmptyLockThatSomebodyHasOpenIsLeft(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", "")
	open, err := os.Open(target + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	age(t, target+".lock", time.Minute)
	failed := mustFail(t, ErrForeign, target, WithTimeout(0))
	if failed.Kind != "empty" {
		t.Errorf("kind %s", failed.Kind)
	}
}

func TestALockThatMayNotBeReadIsAPermissionErrorAtOnce(t *testing.T) {
	if os.Getuid() <= 0 {
		t.Skip("nothing is forbidden to this user")
	}
	target := newTarget(t)
	write0644(t, target+".lock", "{}")
	if err := os.Chmod(target+".lock", 0); err != nil {
		t.Fatal(err)
	}
	failed := mustFail(t, ErrPermission, target)
	if failed.Waited != 0 || !strings.Contains(failed.Error(), "mode 0000") {
		t.Errorf("got %v", failed)
	}
}
