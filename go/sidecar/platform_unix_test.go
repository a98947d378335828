//go:build unix

package sidecar

import (
	"os"
	"syscall"
	"testing"
)

func makeFIFO(path string) error { return syscall.Mkfifo(path, 0o600) }

func TestAnEmptyLockOfFlockIsNamedSo(t *testing.T) {
	if !isInitial(machine{}) || !procUsable(machine{}) {
		t.Skip("the kernel's locks are not visible from this PID namespace")
	}
	target := newTarget(t)
	file, err := os.Create(target + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if failed := mustFail(t, ErrForeign, target, WithTimeout(0)); failed.Kind != "flock" {
		t.Errorf("kind %s", failed.Kind)
	}
}
