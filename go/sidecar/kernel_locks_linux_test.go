package sidecar

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func init() {
	// Locks a file with flock, until it is killed.
	roles["flock"] = func(args []string) error {
		file, err := os.Open(args[0])
		if err == nil {
			err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		}
		if err != nil {
			return err
		}
		say("locked")
		time.Sleep(time.Hour)
		return file.Close()
	}
}

func flocked(t *testing.T, path string) KernelLock {
	t.Helper()
	if !procUsable(machine{}) {
		t.Skip("no usable /proc")
	}
	locker := start(t, "flock", path)
	locker.expect("locked")
	pid := locker.cmd.Process.Pid
	return KernelLock{Type: "flock", Access: "WRITE", PID: pid, Command: commandOf(machine{}, int64(pid))}
}

func TestWhoHasLockedTheTargetInTheKernelIsNamedAndInNobodysWay(t *testing.T) {
	target := newTarget(t)
	write0644(t, target, "{}")
	due := flocked(t, target)
	due.On = "target"
	mustHave := func(of string, found []KernelLock) {
		t.Helper()
		if len(found) != 1 || found[0] != due {
			t.Errorf("%s: %+v, want %+v", of, found, due)
		}
	}
	free, err := Inspect(target)
	if err != nil || free.Verdict != Free {
		t.Fatal(free, err)
	}
	mustHave("free", free.KernelLocks)
	mustAcquire(t, target, WithTimeout(0))
	failed := mustFail(t, ErrTimeout, target, WithTimeout(0))
	mustHave("refused", failed.KernelLocks)
	if want := target + " is locked with flock by " + describeProcess(due.PID, due.Command); !strings.Contains(failed.Error(), want) {
		t.Errorf("%v, want %q", failed, want)
	}
	held, err := Inspect(target)
	if err != nil || held.Verdict != Held {
		t.Fatal(held, err)
	}
	mustHave("held", held.KernelLocks)
}

func TestALockThatIsLockedWithFlockIsNamedSo(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", "4711\n")
	age(t, target+".lock", time.Minute)
	due := flocked(t, target+".lock")
	failed := mustFail(t, ErrForeign, target, WithTimeout(0))
	mustBeNamed(t, failed, "flock")
	if failed.Holder.PID != 0 || len(failed.KernelLocks) != 1 || failed.KernelLocks[0].PID != due.PID {
		t.Errorf("holder %+v, kernel locks %+v", failed.Holder, failed.KernelLocks)
	}
}

// As a script does it: flock(1) has ended, and its shell has the file.
func TestALockOfAShellIsTheShells(t *testing.T) {
	if !procUsable(machine{}) {
		t.Skip("no usable /proc")
	}
	if _, err := exec.LookPath("flock"); err != nil {
		t.Skip(err)
	}
	target := newTarget(t)
	shell := startCommand(t, "", exec.Command("sh", "-c", `exec 9>>"$1"; flock 9 && echo locked; read -r line`, "sh", target+".lock"))
	shell.expect("locked")
	failed := mustFail(t, ErrForeign, target, WithTimeout(0), WithForeignTimeout(0), WithStale(0))
	mustBeNamed(t, failed, "flock")
	if len(failed.KernelLocks) != 1 || failed.KernelLocks[0].PID != shell.cmd.Process.Pid || failed.KernelLocks[0].Command != "sh" {
		t.Errorf("%+v, want pid %d", failed.KernelLocks, shell.cmd.Process.Pid)
	}
}

// Closing a file of our own would take our process's fcntl locks on it away.
func TestLookingForKernelLocksOpensNeitherFile(t *testing.T) {
	target := newTarget(t)
	write0644(t, target, "{}")
	file, err := os.OpenFile(target, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	whole := syscall.Flock_t{Type: syscall.F_WRLCK}
	if err := syscall.FcntlFlock(file.Fd(), syscall.F_SETLK, &whole); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		state, err := Inspect(target)
		if err != nil || len(state.KernelLocks) != 1 || state.KernelLocks[0].Type != "fcntl" || state.KernelLocks[0].PID != os.Getpid() {
			t.Errorf("%+v, %v", state, err)
		}
	}
}
