package sidecar

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startContained starts a role as pid 1 of a PID namespace of its own, with the /proc of that, as in a container.
func startContained(t *testing.T, role string, args ...string) *process {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wrapper := []string{"--pid", "--fork", "--kill-child", "--mount-proc"}
	if os.Getuid() != 0 {
		wrapper = append(wrapper, "--user", "--map-root-user")
	}
	if out, err := exec.Command("unshare", append(wrapper, "true")...).CombinedOutput(); err != nil {
		t.Skipf("no PID namespace can be made here: %v: %s", err, out)
	}
	wrapper = append(wrapper, program)
	return startCommand(t, role, exec.Command("unshare", append(wrapper, args...)...))
}

// inner is the contained process itself, by our own number for it.
func (p *process) inner() int {
	p.t.Helper()
	pid := p.cmd.Process.Pid
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		p.t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(children)))
	if err != nil {
		p.t.Fatal(err)
	}
	return child
}

// ask has a role try to take the lock, which says what came of it.
func (p *process) ask(request string) string {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.stdin, request); err != nil {
		p.t.Fatal(err)
	}
	if !p.lines.Scan() {
		p.t.Fatal("the process ended")
	}
	return p.lines.Text()
}

func init() {
	// Answers what it finds, and what came of a try, as often as it is asked. It never releases.
	roles["contend"] = func(args []string) error {
		for {
			var request string
			if _, err := fmt.Scanln(&request); err != nil {
				return nil
			}
			switch request {
			case "look":
				state, err := Inspect(args[0])
				if err != nil {
					return err
				}
				say(string(state.Verdict) + " " + state.Reason)
			case "take":
				_, err := Acquire(context.Background(), args[0], WithTimeout(0))
				var failed *Error
				if errors.As(err, &failed) {
					say(string(failed.Code) + " " + failed.Holder.Reason)
				} else {
					say("taken")
				}
			}
		}
	}
}

func (p *process) expectAnswer(request, want string) {
	p.t.Helper()
	if got := p.ask(request); got != want {
		p.t.Fatalf("%s: %q, want %q", request, got, want)
	}
}

func (p *process) expectEventually(request, want string) {
	p.t.Helper()
	eventually(p.t, want, func() bool { return p.ask(request) == want })
}

func TestContainersOfOneDirectoryExcludeEachOtherAndTakeOnlyTheDead(t *testing.T) {
	t.Setenv(witnessVariable, "auto")
	target := newTarget(t)
	holder := startContained(t, "hold", target)
	holder.expect("held")
	neighbour := startContained(t, "contend", target)
	if payload, _ := readPayload(t, target+".lock"); payload.Pid != 1 || payload.Witness == "" {
		t.Errorf("payload %+v", payload)
	}
	neighbour.expectAnswer("look", "held witness-answers")
	neighbour.expectAnswer("take", "file_lock_timeout witness-answers")
	inner := holder.inner()
	if err := syscall.Kill(inner, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	neighbour.expectAnswer("take", "file_lock_timeout witness-answers")
	if err := syscall.Kill(inner, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	neighbour.expectEventually("look", "stale witness-refused")
	neighbour.expectAnswer("take", "taken")
	neighbour.expectAnswer("look", "held descriptor-open")
}

func TestAContainersDeadReclaimerKeepsNobodyOut(t *testing.T) {
	t.Setenv(witnessVariable, "auto")
	target := newTarget(t)
	write0644(t, target+".lock", deadPayload(t, nil))
	t.Setenv(trustPIDsVariable, "1") // For the reclaimer, which sees nobody of us.
	reclaimer := startContained(t, "die-at", target, "reclaim:guarded")
	if reclaimer.lines.Scan() {
		t.Fatalf("the reclaimer says %q", reclaimer.lines.Text())
	}
	reclaimer.reap()
	t.Setenv(trustPIDsVariable, "")
	mustRemove(t, target+".lock")
	startContained(t, "contend", target).expectAnswer("take", "taken")
}

func TestTheHostJudgesAContainersHolderByItsWitnessOrBySearch(t *testing.T) {
	t.Setenv(witnessVariable, "auto")
	target := newTarget(t)
	holder := startContained(t, "hold", target)
	holder.expect("held")
	failed := mustFail(t, ErrTimeout, target, WithTimeout(0))
	if failed.Holder.PID != 1 || failed.Holder.Verdict != Held || failed.Holder.Command != "" {
		t.Errorf("holder %+v", failed.Holder)
	}
	if !strings.Contains(failed.Error(), "of another PID namespace") || !strings.Contains(failed.Hint, "its container") {
		t.Errorf("says %v", failed)
	}
	holder.kill()
	mustRelease(t, mustAcquire(t, target, WithTimeout(time.Minute)))
	// The witness of the dead is swept when it is old.
	dir := filepath.Dir(target)
	names := allNamesIn(t, dir)
	if len(names) == 0 {
		t.Error("there is none")
	}
	for _, name := range names {
		age(t, filepath.Join(dir, name), time.Minute)
	}
	forgetSweeps()
	mustRelease(t, mustAcquire(t, target))
	mustBeEmpty(t, dir)
}

func TestAContainerJudgesAHolderOnTheHostByItsWitness(t *testing.T) {
	target := newTarget(t)
	t.Setenv(witnessVariable, "always")
	holder := start(t, "hold", target)
	holder.expect("held")
	neighbour := startContained(t, "contend", target)
	neighbour.expectAnswer("take", "file_lock_timeout witness-answers")
	holder.kill()
	neighbour.expectAnswer("take", "taken")
}

func TestAContainerNeverTakesAHostsLockThatHasNoWitness(t *testing.T) {
	target := newTarget(t)
	t.Setenv(witnessVariable, "never")
	holder := start(t, "hold", target)
	holder.expect("held")
	neighbour := startContained(t, "contend", target)
	neighbour.expectAnswer("take", "file_lock_timeout other-domain")
	holder.kill()
	age(t, target+".lock", time.Hour)
	neighbour.expectAnswer("take", "file_lock_timeout other-domain")
	t.Setenv(trustPIDsVariable, "1")
	startContained(t, "contend", target).expectAnswer("take", "taken")
}

func TestWithinAContainerPidsAreJudgedAsAnywhere(t *testing.T) {
	target := newTarget(t)
	inside := startContained(t, "hold-and-die-within", target)
	inside.expect("file_lock_timeout descriptor-open")
	inside.expect("taken")
}

func init() {
	roles["hold-and-die-within"] = func(args []string) error {
		child := exec.Command(os.Args[0], args[0])
		child.Env = append(os.Environ(), roleVariable+"=hold")
		out, err := child.StdoutPipe()
		if err != nil {
			return err
		}
		stdin, err := child.StdinPipe()
		if err != nil {
			return err
		}
		defer stdin.Close()
		if err := child.Start(); err != nil {
			return err
		}
		if _, err := out.Read(make([]byte, len("held\n"))); err != nil {
			return err
		}
		_, err = Acquire(context.Background(), args[0], WithTimeout(0))
		var failed *Error
		if !errors.As(err, &failed) {
			return err
		}
		say(string(failed.Code) + " " + failed.Holder.Reason)
		_ = child.Process.Kill()
		_ = child.Wait()
		if _, err := Acquire(context.Background(), args[0], WithTimeout(0)); err != nil {
			return err
		}
		say("taken")
		return nil
	}
}
