package sidecar

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestAProgramThatAHolderStartsInheritsNothing(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target, WithWitness(WitnessAlways))
	list := exec.Command("ls", "-l", "/proc/self/fd")
	open, err := list.Output()
	if err != nil {
		t.Skip(err)
	}
	if bytes.Contains(open, []byte(filepath.Dir(target))) || bytes.Contains(open, []byte("socket:")) {
		t.Errorf("open there:\n%s", open)
	}
	if !lock.Verify() {
		t.Error("lost")
	}
	if _, err := os.Lstat(filepath.Join(filepath.Dir(target), lock.held.witnessName())); err != nil {
		t.Error(err)
	}
}
