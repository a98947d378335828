//go:build unix

package sidecar

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
)

func init() {
	roles["small-files"] = func(args []string) error {
		var whole syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
			return err
		}
		small := whole
		small.Cur = 16
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
			return err
		}
		_, err := Acquire(context.Background(), args[0])
		if !errors.Is(err, ErrIO) || !errors.Is(err, syscall.EFBIG) {
			return fmt.Errorf("with a small limit: %w", err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
			return err
		}
		lock, err := Acquire(context.Background(), args[0])
		if err != nil {
			return err
		}
		say("held")
		return lock.Release()
	}
}

func TestALimitOfFileSizesIsAnErrorAndLeavesNothing(t *testing.T) {
	target := newTarget(t)
	p := start(t, "small-files", target)
	p.expect("held")
	p.reap()
	mustBeEmpty(t, filepath.Dir(target))
}
