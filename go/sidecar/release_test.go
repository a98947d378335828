package sidecar

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var _ io.Closer = (*Lock)(nil)

func TestReleasingTwiceOrNothingIsHarmless(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target)
	mustRelease(t, lock)
	other := mustAcquire(t, target)
	mustRelease(t, lock)
	if err := lock.Close(); err != nil {
		t.Error(err)
	}
	if !other.Verify() {
		t.Error("the second release took somebody else's lock")
	}
	var none *Lock
	mustRelease(t, none)
}

func TestALostLockIsToldAndWhatIsThereIsLeft(t *testing.T) {
	changes := map[string]func(t *testing.T, path string){
		"gone":     func(t *testing.T, path string) { mustRemove(t, path) },
		"replaced": func(t *testing.T, path string) { mustRemove(t, path); write0644(t, path, "{\"pid\":1}") },
		"one byte more": func(t *testing.T, path string) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			mustRemove(t, path)
			write0644(t, path, string(raw)+"\n")
		},
		"a directory": func(t *testing.T, path string) {
			mustRemove(t, path)
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			lock := mustAcquire(t, newTarget(t))
			change(t, lock.Path())
			before := namesIn(t, filepath.Dir(lock.Path()))
			if lock.Verify() {
				t.Error("verified")
			}
			if err := lock.Release(); !errors.Is(err, ErrLost) {
				t.Errorf("got %v", err)
			}
			if after := namesIn(t, filepath.Dir(lock.Path())); len(after) != len(before) {
				t.Errorf("left %q of %q", after, before)
			}
			select {
			case <-lock.Done():
			default:
				t.Error("the signal has not fired")
			}
			mustRelease(t, lock)
		})
	}
}

func mustRemove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func TestAFailedReleaseKeepsTheLockAndCanBeTriedAgain(t *testing.T) {
	if os.Getuid() <= 0 {
		t.Skip("nothing is forbidden to this user")
	}
	lock := mustAcquire(t, newTarget(t))
	dir := filepath.Dir(lock.Path())
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	err := lock.Release()
	if chmod := os.Chmod(dir, 0o700); chmod != nil {
		t.Fatal(chmod)
	}
	if !errors.Is(err, ErrPermission) || !lock.Verify() {
		t.Errorf("got %v", err)
	}
	mustRelease(t, lock)
	mustBeEmpty(t, dir)
}

func TestALockThatVanishesAfterComparingWasReleased(t *testing.T) {
	lock := mustAcquire(t, newTarget(t))
	onPoint(t, "release:compared", func() { mustRemove(t, lock.Path()) })
	mustRelease(t, lock)
}

func TestLossIsNoticedWhileHeld(t *testing.T) {
	lock := mustAcquire(t, newTarget(t))
	ctx, cancel := lock.Context(context.Background())
	defer cancel()
	mustRemove(t, lock.Path())
	<-lock.Done()
	<-ctx.Done()
	var lost *Error
	if cause := context.Cause(ctx); !errors.Is(cause, ErrLost) || !errors.As(cause, &lost) || lost.Hint == "" {
		t.Errorf("cause %v", cause)
	}
	if err := lock.Release(); !errors.Is(err, ErrLost) {
		t.Errorf("got %v", err)
	}
}

func TestReleaseEndsTheLocksContextsWithoutTheSignal(t *testing.T) {
	lock := mustAcquire(t, newTarget(t))
	ctx, cancel := lock.Context(context.Background())
	defer cancel()
	mustRelease(t, lock)
	<-ctx.Done()
	if cause := context.Cause(ctx); cause != context.Canceled {
		t.Errorf("cause %v", cause)
	}
	select {
	case <-lock.Done():
		t.Error("the signal has fired")
	default:
	}
	late, stop := lock.Context(context.Background())
	defer stop()
	<-late.Done()
}

func TestALongHoldTouchesItsLock(t *testing.T) {
	if !keepsDescriptor {
		t.Skip("POSIX only")
	}
	lock := mustAcquire(t, newTarget(t), WithStale(30*time.Millisecond))
	age(t, lock.Path(), time.Hour)
	eventually(t, "a fresh modification time", func() bool {
		info, err := os.Lstat(lock.Path())
		return err == nil && time.Since(info.ModTime()) < time.Minute
	})
	mustRelease(t, lock)
}

// A suspended machine stops the monotonic clock, and a holder that then waited out the rest of its beat would be silent.
func TestAHolderBeatsAtItsFirstLookAfterASleepOfTheMachine(t *testing.T) {
	if !keepsDescriptor {
		t.Skip("POSIX only")
	}
	for clock, set := range map[string]func(*beatTime){
		"monotonic": func(b *beatTime) { b.monotonic = b.monotonic.Add(-time.Minute) },
		"wall":      func(b *beatTime) { b.wall = b.wall.Add(-time.Minute) },
		"neither":   func(*beatTime) {},
	} {
		t.Run(clock, func(t *testing.T) {
			lock := mustAcquire(t, newTarget(t), WithStale(time.Hour))
			age(t, lock.Path(), time.Hour)
			lock.mu.Lock()
			lock.beat = 30 * time.Second
			set(&lock.lastBeat)
			lock.mu.Unlock()
			lock.look()
			info, err := os.Lstat(lock.Path())
			if err != nil {
				t.Fatal(err)
			}
			if beaten := time.Since(info.ModTime()) < time.Minute; beaten != (clock != "neither") {
				t.Errorf("beaten: %v", beaten)
			}
		})
	}
}

func TestAnExecutedProgramDoesNotInheritTheDescriptor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux only")
	}
	lock := mustAcquire(t, newTarget(t))
	if open, err := isOpen(machine{}, int64(os.Getpid()), lockID(t, lock)); !open {
		t.Fatalf("the holder itself has it not open: %v", err)
	}
	child := start(t, "list-descriptors")
	for child.lines.Scan() {
		if strings.HasSuffix(child.lines.Text(), ".lock") {
			t.Errorf("inherited %s", child.lines.Text())
		}
		if child.lines.Text() == "end" {
			return
		}
	}
	t.Error("the list has no end")
}

func init() {
	roles["list-descriptors"] = func([]string) error {
		names, err := readNames("/proc/self/fd")
		for _, name := range names {
			if link, err := os.Readlink("/proc/self/fd/" + name); err == nil {
				say(link)
			}
		}
		say("end")
		return err
	}
}
