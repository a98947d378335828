//go:build unix

package oauth

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/provider"
)

// errors of roles are told by their code.
func tell(got *Result, err error) {
	var failed *Error
	switch {
	case errors.As(err, &failed):
		fmt.Println(failed.Code)
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(got.How)
	}
}

func init() {
	// Reads when it is told to, says when it has read, and how it ended.
	roles["refresh"] = func(args []string) error {
		fmt.Println("reading")
		if !bufio.NewScanner(os.Stdin).Scan() {
			return errors.New("not told to go on")
		}
		reached := func(at string) {
			if at == "refresh:read" {
				fmt.Println("read")
			}
		}
		hook.Point.Store(&reached)
		tell(RefreshStored(context.Background(), args[0], at, Endpoint(args[1], "script", nil)))
		return nil
	}
	// Is killed, or stopped, at a point.
	roles["refresh-until"] = func(args []string) error {
		done := false
		reached := func(at string) {
			if at == args[2] && !done {
				done = true
				fmt.Println("reached")
				signal := syscall.SIGKILL
				if args[3] == "stop" {
					signal = syscall.SIGSTOP
				}
				_ = syscall.Kill(os.Getpid(), signal)
				time.Sleep(100 * time.Millisecond)
			}
		}
		hook.Point.Store(&reached)
		tell(RefreshStored(context.Background(), args[0], at, Endpoint(args[1], "script", nil)))
		return nil
	}
	// Is told of its end by a signal.
	roles["refresh-and-wait"] = func(args []string) error {
		tell(RefreshStored(context.Background(), args[0], at, Endpoint(args[1], "script", nil)))
		select {}
	}
}

// What a process that is killed at each point leaves, and what the next one makes of it.
var afterKill = []struct {
	point string
	posts int // By both.
	next  string
}{
	{"refresh:read", 1, "refreshed"},
	{"refresh:locked", 1, "refreshed"},
	{"refresh:intended", 0, "refresh_outcome_unknown"},
	{"refresh:verified", 0, "refresh_outcome_unknown"},
	{"refresh:answered", 1, "refresh_outcome_unknown"},
	{"store:written", 1, "refresh_outcome_unknown"},
	{"store:verified", 1, "refresh_outcome_unknown"},
	{"store:renamed", 1, "fresh"},
	{"refresh:saved", 1, "fresh"},
}

func TestAKillAtAnyPointSendsNoTokenTwice(t *testing.T) {
	for _, each := range afterKill {
		t.Run(each.point, func(t *testing.T) {
			l := newLogin(t)
			first := start(t, "refresh-until", l.path, l.URL, each.point, "kill")
			if line := first.line(); line != "reached" {
				t.Fatalf("%q", line)
			}
			_ = first.cmd.Wait()
			got, err := l.refresh()
			how := ""
			var failed *Error
			if errors.As(err, &failed) {
				how = string(failed.Code)
				l.mustFail(err, ErrOutcomeUnknown)
			} else if err == nil {
				how = string(got.How)
			}
			if how != each.next {
				t.Errorf("%s, %v", how, err)
			}
			l.mustHavePosted(each.posts)
			if !l.Alive() {
				t.Error("the family has been revoked")
			}
		})
	}
}

// A process that is stopped, and loses its lock meanwhile, sends its token once or not at all.
func TestAStopAtAnyPointSendsNoTokenTwice(t *testing.T) {
	for _, each := range afterKill {
		t.Run(each.point, func(t *testing.T) {
			l := newLogin(t)
			first := start(t, "refresh-until", l.path, l.URL, each.point, "stop")
			if line := first.line(); line != "reached" {
				t.Fatalf("%q", line)
			}
			awaitStop(t, first.cmd.Process.Pid)
			_ = os.Remove(l.path + ".lock")
			_, err := l.refresh(WithTimeout(100 * time.Millisecond))
			if err != nil {
				l.mustFail(err, ErrContention)
			}
			_ = first.cmd.Process.Signal(syscall.SIGCONT)
			if line := first.line(); line != "refreshed" && line != "adopted" {
				t.Errorf("%q", line)
			}
			got, err := l.refresh()
			l.mustHave(got, err, Fresh)
			l.mustHavePosted(1)
		})
	}
}

func awaitStop(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		var status syscall.WaitStatus
		if got, _ := syscall.Wait4(pid, &status, syscall.WUNTRACED|syscall.WNOHANG, nil); got == pid && status.Stopped() {
			return
		}
	}
	t.Fatal("never stopped")
}

func TestASignalTakesEffectWhenTheResultIsSaved(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		l := newLogin(t)
		hold := make(chan struct{})
		l.Next(provider.Plan{Hold: hold})
		p := start(t, "refresh-and-wait", l.path, l.URL)
		<-l.Posted
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		close(hold)
		if line := p.line(); line != "" {
			t.Fatalf("went on: %s", line)
		}
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(p.cmd.Process.Pid, &status, 0, nil); err != nil || !status.Signaled() || status.Signal() != signal {
			t.Errorf("%v: ended with %v, %v", signal, status, err)
		}
		got, err := l.refresh()
		l.mustHave(got, err, Fresh)
		l.mustHavePosted(1)
	}
}

func TestASecondSignalTakesEffectAtOnce(t *testing.T) {
	l := newLogin(t)
	hold := make(chan struct{})
	l.Next(provider.Plan{Hold: hold})
	p := start(t, "refresh-and-wait", l.path, l.URL)
	<-l.Posted
	pid := p.cmd.Process.Pid
	var status syscall.WaitStatus
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // Two that are pending are one.
		if got, _ := syscall.Wait4(pid, &status, syscall.WNOHANG, nil); got == pid {
			break
		}
	}
	close(hold)
	if !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v", status)
	}
	_, err := l.refresh()
	l.mustFail(err, ErrOutcomeUnknown)
}
