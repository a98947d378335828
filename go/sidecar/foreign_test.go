package sidecar

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAForeignLockIsNamedAndLeft(t *testing.T) {
	contents := map[string]string{
		"cross-process-lock": `{"pID":4711,"lockTime":1795255200000}`,
		"pid-file":           "4711\n",
		"filelock-soft":      "4711\nhost\n",
		"filelock-lease":     "filelock/2\npid=4711\n",
		"filelock-strict":    "1\nfilelock-strict-v1\x00",
		"openclaw-torn":      "{\n  \"pid\": 47",
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
			mustBeNamed(t, failed, kind)
			if raw, err := os.ReadFile(target + ".lock"); err != nil || string(raw) != content {
				t.Errorf("changed: %v", err)
			}
		})
	}
}

// mustBeNamed as the table does, word for word.
func mustBeNamed(t *testing.T, failed *Error, kind string) {
	t.Helper()
	at := slices.IndexFunc(foreignEntries, func(e foreignEntry) bool { return e.kind == kind })
	entry := foreignEntries[at]
	if failed.Kind != kind || !strings.Contains(failed.Error(), failed.LockPath+" is "+entry.what) ||
		!strings.Contains(failed.Error(), entry.remedy) {
		t.Errorf("kind %s, want %s: %v", failed.Kind, kind, failed)
	}
}

func TestTheMakerOfAForeignLockIsNamed(t *testing.T) {
	if !isInitial(machine{}) || !procUsable(machine{}) {
		t.Skip("its pid may be of another PID namespace")
	}
	target := newTarget(t)
	write0644(t, target+".lock", fmt.Sprintf("%d\n", os.Getpid()))
	age(t, target+".lock", 10*time.Second)
	failed := mustFail(t, ErrForeign, target, WithTimeout(0))
	mine := commandOf(machine{}, int64(os.Getpid()))
	if failed.Holder.PID != os.Getpid() || failed.Holder.Command != mine || !strings.Contains(failed.Error(), "("+mine+")") {
		t.Errorf("holder %+v: %v", failed.Holder, failed)
	}
	state, err := Inspect(target)
	if err != nil || state.Kind != "pid-file" || state.Holder.PID != os.Getpid() {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestWhatIsNoFileIsRefusedAtOnce(t *testing.T) {
	objects := map[string]func(path string) error{
		"proper-lockfile": func(path string) error { return os.Mkdir(path, 0o700) },
		"directory":       func(path string) error { return os.MkdirAll(path+"/inside", 0o700) },
		"symlink":         func(path string) error { return os.Symlink("nowhere", path) },
		"fifo":            makeFIFO,
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
			mustBeNamed(t, failed, kind)
			if failed.Waited != 0 {
				t.Errorf("waited %v", failed.Waited)
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
