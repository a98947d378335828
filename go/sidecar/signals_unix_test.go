//go:build unix

package sidecar

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func init() {
	// Holds two locks until it is ended.
	roles["hold-two"] = func(args []string) error {
		first, err := Acquire(context.Background(), args[0])
		if err != nil {
			return err
		}
		for _, each := range args[2:] {
			stop := ReleaseOnSignals()
			if each == "undo" {
				stop()
			}
		}
		second, err := Acquire(context.Background(), args[1])
		if err != nil {
			return err
		}
		say("held")
		time.Sleep(time.Hour)
		return errors.Join(first.Release(), second.Release())
	}
	// Takes and releases as fast as it can.
	roles["hold-again-and-again"] = func(args []string) error {
		ReleaseOnSignals()
		say("begins")
		for {
			if err := With(context.Background(), args[0], func(context.Context) error { return nil }); err != nil {
				return err
			}
		}
	}
	// Has a handler of its own.
	roles["handle"] = func(args []string) error {
		own := make(chan os.Signal, 8)
		signal.Notify(own, syscall.SIGTERM)
		ReleaseOnSignals()
		lock, err := Acquire(context.Background(), args[0])
		if err != nil {
			return err
		}
		say("held")
		<-own
		<-lock.Done()
		<-own
		if err := lock.Release(); !errors.Is(err, ErrLost) {
			return err
		}
		again, err := Acquire(context.Background(), args[0], WithTimeout(0))
		if err != nil {
			return err
		}
		say("goes on")
		return again.Release()
	}
}

// mustEndBy sends the signal until it has ended the process.
func (p *process) mustEndBy(sent syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sent); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait()
	status, _ := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != sent {
		p.t.Errorf("%v: ended with %v", sent, p.cmd.ProcessState)
	}
}

func TestASignalReleasesAllLocksWhereThatWasAskedFor(t *testing.T) {
	for _, each := range []struct {
		signal syscall.Signal
		asks   []string
		stays  bool
	}{
		{syscall.SIGTERM, []string{"ask"}, false},
		{syscall.SIGINT, []string{"ask"}, false},
		{syscall.SIGHUP, []string{"ask"}, false},
		{syscall.SIGTERM, []string{"ask", "ask"}, false},
		{syscall.SIGTERM, nil, true},
		{syscall.SIGTERM, []string{"undo"}, true},
		{syscall.SIGTERM, []string{"ask", "undo"}, true},
	} {
		first, second := newTarget(t), newTarget(t)
		p := start(t, "hold-two", append([]string{first, second}, each.asks...)...)
		p.expect("held")
		p.mustEndBy(each.signal)
		for _, target := range []string{first, second} {
			if !each.stays {
				mustBeEmpty(t, filepath.Dir(target))
			} else if _, err := os.Lstat(target + ".lock"); err != nil {
				t.Error(err)
			} else {
				mustRelease(t, mustAcquire(t, target, WithTimeout(0)))
			}
		}
	}
}

// At whatever moment of an acquire, hold or release the signal comes.
func TestASignalLeavesNothingOfALockThatIsJustBeingTaken(t *testing.T) {
	for range 20 {
		target := newTarget(t)
		p := start(t, "hold-again-and-again", target)
		p.expect("begins")
		eventually(t, "it has held", func() bool { return len(namesIn(t, filepath.Dir(target))) > 0 })
		p.mustEndBy(syscall.SIGTERM)
		mustBeEmpty(t, filepath.Dir(target))
	}
}

func TestAHandlerOfTheProgramsOwnIsToldOnceMoreWhenTheLocksAreReleased(t *testing.T) {
	target := newTarget(t)
	p := start(t, "handle", target)
	p.expect("held")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.expect("goes on")
	p.reap()
	mustBeEmpty(t, filepath.Dir(target))
}
