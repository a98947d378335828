//go:build unix

package sidecar

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
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

func init() {
	roles["no-descriptors"] = func(args []string) error {
		var whole syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &whole); err != nil {
			return err
		}
		none := whole
		none.Cur = 0
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
			return err
		}
		_, err := Acquire(context.Background(), args[0])
		if !errors.Is(err, ErrIO) || !errors.Is(err, syscall.EMFILE) {
			return fmt.Errorf("without descriptors: %w", err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &whole); err != nil {
			return err
		}
		lock, err := Acquire(context.Background(), args[0])
		if err != nil {
			return err
		}
		say("held")
		if _, err := fmt.Scanln(); err != nil && err.Error() != "unexpected newline" {
			return err
		}
		return lock.Release()
	}
}

func TestWhoOnceHadNoDescriptorsTellsLaterWhoItIs(t *testing.T) {
	target := newTarget(t)
	p := start(t, "no-descriptors", target)
	p.expect("held")
	payload, _ := readPayload(t, target+".lock")
	own := self()
	if (payload.Starttime == nil) != (own.Starttime == nil) || payload.BootId != own.BootID || payload.PidNamespace != own.PIDNamespace {
		t.Errorf("%+v", payload)
	}
	if _, err := fmt.Fprintln(p.stdin); err != nil {
		t.Fatal(err)
	}
	p.reap()
	mustBeEmpty(t, filepath.Dir(target))
}

func TestALimitOfFileSizesIsAnErrorAndLeavesNothing(t *testing.T) {
	target := newTarget(t)
	p := start(t, "small-files", target)
	p.expect("held")
	p.reap()
	mustBeEmpty(t, filepath.Dir(target))
}

func init() {
	// Cannot release for want of descriptors, and then never takes a lock again.
	roles["release-without-descriptors"] = func(args []string) error {
		var whole syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &whole); err != nil {
			return err
		}
		err := With(context.Background(), args[0], func(context.Context) error {
			none := whole
			none.Cur = 0
			return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none)
		})
		if !errors.Is(err, ErrIO) || !errors.Is(err, syscall.EMFILE) {
			return fmt.Errorf("without descriptors: %w", err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &whole); err != nil {
			return err
		}
		say("goes on")
		time.Sleep(time.Hour)
		return nil
	}
}

func TestNothingIsOldWhereTheFileSystemsClockCannotBeAsked(t *testing.T) {
	// A name that is too long is as good as no descriptors.
	clock := &fileClock{dir: filepath.Join(t.TempDir(), strings.Repeat("x", 300))}
	if at := clock.now(); time.Since(at) < 24*time.Hour {
		t.Errorf("it is %v", at)
	}
	missing := &fileClock{dir: filepath.Join(t.TempDir(), "missing")}
	if at := missing.now(); time.Since(at) > time.Hour {
		t.Errorf("it is %v", at)
	}
}

func TestALockThatCouldNotBeReleasedIsReleasedWhenTheCauseIsGone(t *testing.T) {
	target := newTarget(t)
	p := start(t, "release-without-descriptors", target)
	p.expect("goes on")
	mustRelease(t, mustAcquire(t, target))
}
