package sidecar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/text"
)

// call is what every error of one call tells.
type call struct {
	target   string
	lockPath string
	started  time.Time
	waited   bool
}

func (c *call) fail(code Code, what, hint string) *Error {
	e := &Error{Code: code, Target: c.target, LockPath: c.lockPath, Hint: hint, what: what}
	if c.waited {
		e.Waited = time.Since(c.started)
	}
	return e
}

func (c *call) invalidError(fault string) *Error {
	return c.fail(ErrInvalidOption, fault, "correct the argument")
}

func (c *call) reentrantError() *Error {
	return c.fail(ErrReentrant, "the context comes from With or Lock.Context of this very lock", "use the lock that you have")
}

func (c *call) lostError() *Error {
	what := text.Path(c.lockPath) + " is gone or somebody else's"
	return c.fail(ErrLost, what, "treat what was written since as unprotected")
}

// timeoutError is the end of a wait (WAIT-4). What was in the way is nil when others were merely faster.
func (c *call) timeoutError(f *finding, sys evidence.System) *Error {
	if f == nil {
		return c.fail(ErrTimeout, "others were faster", "wait longer (WithTimeout)").locked(c.kernelLocks(sys))
	}
	holder := f.holder(sys)
	what := describe(holder, f.place())
	if f.path != c.lockPath {
		what = text.Path(f.path) + " is " + what
	}
	e := c.fail(ErrTimeout, what, nextStep(f, holder))
	return e.about(f, holder).locked(c.kernelLocks(sys))
}

func (e *Error) about(f *finding, holder *Holder) *Error {
	e.Holder = holder
	if f.path != e.LockPath {
		e.Path = f.path
	}
	return e
}

// locked tells who has locked the lock or the target in the kernel.
func (e *Error) locked(locks []KernelLock) *Error {
	e.KernelLocks = locks
	e.what += describeKernelLocks(locks, e.LockPath, e.Target)
	return e
}

func describeProcess(pid int, command string) string {
	who := fmt.Sprintf("pid %d", pid)
	if command != "" {
		who += " (" + text.Escape(command, text.MaxName) + ")"
	}
	return who
}

func describe(h *Holder, place string) string {
	who := "an unnamed holder"
	if h.PID != 0 {
		who = describeProcess(h.PID, h.Command)
	}
	who += place
	switch h.Verdict {
	case Held:
		return fmt.Sprintf("held by %s for %s", who, text.Seconds(h.Age))
	case BeingWritten:
		return "being written for " + text.Seconds(h.Age)
	}
	return fmt.Sprintf("claimed by %s for %s, which cannot be judged from here (%s)", who, text.Seconds(h.Age), h.Reason)
}

func nextStep(f *finding, h *Holder) string {
	switch {
	case h.Verdict == Held && f.isElsewhere():
		return "wait longer (WithTimeout), or see what its container is doing"
	case h.Verdict == Held:
		return fmt.Sprintf("wait longer (WithTimeout), or see what pid %d is doing", h.PID)
	case h.Verdict == BeingWritten:
		return "wait longer (WithTimeout)"
	}
	step := "if no process uses it any more, run: rm " + text.ShellWord(f.path)
	switch h.Reason {
	case otherDomain, looksDeadUnproven, noSignOfLife:
		step += ", or, in a container that shares the directory with nobody, set " + trustPIDsVariable + "=1 (WithTrustPIDs)"
	}
	return step
}

func (c *call) staleError(f *finding, sys evidence.System) *Error {
	holder := f.holder(sys)
	what := "its owner is unknown"
	if holder.PID != 0 {
		what = fmt.Sprintf("pid %d is dead", holder.PID)
	}
	hint := "allow its removal (without WithoutReclaim), or run: rm " + text.ShellWord(f.path)
	return c.fail(ErrStale, what+" ("+holder.Reason+")", hint).about(f, holder).locked(c.kernelLocks(sys))
}

// orphanedError: nobody can judge the guard; a person can (RECLAIM-8).
func (c *call) orphanedError(f *finding, sys evidence.System) *Error {
	command := "rm "
	if f.Object == evidence.Directory {
		command = "rmdir "
	}
	what := text.Path(f.path) + " has no owner to be judged by"
	e := c.fail(ErrGuardOrphaned, what, "once no OpenClaw process runs, run: "+command+text.ShellWord(f.path))
	return e.about(f, f.holder(sys))
}

// ended is a context that ended before the lock was taken.
func (c *call) ended(ctx context.Context, whatThen func() *Error) error {
	cause := ctx.Err()
	if deeper := context.Cause(ctx); !errors.Is(cause, deeper) {
		cause = fmt.Errorf("%w: %w", cause, deeper)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		atDeadline := whatThen()
		if atDeadline.Err != nil {
			cause = fmt.Errorf("%w: %w", cause, atDeadline.Err)
		}
		atDeadline.Err = cause
		return atDeadline
	}
	return fmt.Errorf("file lock wait cancelled for %s: %w", text.Path(c.target), cause)
}
