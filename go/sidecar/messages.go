package sidecar

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
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
	what := escape(c.lockPath, maxPathText) + " is gone or somebody else's"
	return c.fail(ErrLost, what, "treat what was written since as unprotected")
}

// timeoutError is the end of a wait (WAIT-4). What was in the way is nil when others were merely faster.
func (c *call) timeoutError(f *finding, sys evidence.System) *Error {
	if f == nil {
		return c.fail(ErrTimeout, "others were faster", "wait longer (WithTimeout)")
	}
	holder := f.holder(sys)
	what := describe(holder)
	if f.path != c.lockPath {
		what = escape(f.path, maxPathText) + " is " + what
	}
	e := c.fail(ErrTimeout, what, nextStep(f, holder))
	return e.about(f, holder)
}

func (e *Error) about(f *finding, holder *Holder) *Error {
	e.Holder = holder
	if f.path != e.LockPath {
		e.Path = f.path
	}
	return e
}

func describe(h *Holder) string {
	who := "an unnamed holder"
	if h.PID != 0 {
		who = fmt.Sprintf("pid %d", h.PID)
	}
	if h.Command != "" {
		who += " (" + escape(h.Command, maxNameText) + ")"
	}
	switch h.Verdict {
	case Held:
		return fmt.Sprintf("held by %s for %s", who, seconds(h.Age))
	case BeingWritten:
		return "being written for " + seconds(h.Age)
	}
	return fmt.Sprintf("claimed by %s for %s, which cannot be judged from here (%s)", who, seconds(h.Age), h.Reason)
}

func nextStep(f *finding, h *Holder) string {
	switch h.Verdict {
	case Held:
		return fmt.Sprintf("wait longer (WithTimeout), or see what pid %d is doing", h.PID)
	case BeingWritten:
		return "wait longer (WithTimeout)"
	}
	return "if no process uses it any more, run: rm " + shellWord(f.path)
}

func (c *call) staleError(f *finding, sys evidence.System) *Error {
	holder := f.holder(sys)
	what := "its owner is unknown"
	if holder.PID != 0 {
		what = fmt.Sprintf("pid %d is dead", holder.PID)
	}
	hint := "allow its removal (without WithoutReclaim), or run: rm " + shellWord(f.path)
	return c.fail(ErrStale, what+" ("+holder.Reason+")", hint).about(f, holder)
}

func (c *call) foreignError(f *finding, sys evidence.System) *Error {
	kind, remedy := nameForeign(f)
	path := escape(c.lockPath, maxPathText)
	e := c.fail(ErrForeign, path+" is no OpenClaw lock ("+kind+")", remedy+", then remove "+path)
	e.Kind = kind
	return e.about(f, f.holder(sys))
}

// orphanedError: nobody can judge the guard; a person can (RECLAIM-8).
func (c *call) orphanedError(f *finding, sys evidence.System) *Error {
	command := "rm "
	if f.Object == evidence.Directory {
		command = "rmdir "
	}
	what := escape(f.path, maxPathText) + " has no owner to be judged by"
	e := c.fail(ErrGuardOrphaned, what, "once no OpenClaw process runs, run: "+command+shellWord(f.path))
	return e.about(f, f.holder(sys))
}

// ended is a context that ended before the lock was taken.
func (c *call) ended(ctx context.Context, atDeadline *Error) error {
	cause := ctx.Err()
	if deeper := context.Cause(ctx); !errors.Is(cause, deeper) {
		cause = fmt.Errorf("%w: %w", cause, deeper)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		if atDeadline.Err != nil {
			cause = fmt.Errorf("%w: %w", cause, atDeadline.Err)
		}
		atDeadline.Err = cause
		return atDeadline
	}
	return fmt.Errorf("file lock wait cancelled for %s: %w", escape(c.target, maxPathText), cause)
}

// systemError makes a failed system call one of the contract's outcomes; about is named where the call itself does not say.
func (c *call) systemError(err error, about string) error {
	var ours *Error
	if errors.As(err, &ours) {
		return err
	}
	if errors.Is(err, errPayloadTooLarge) {
		return c.invalidError(errPayloadTooLarge.Error())
	}
	path, operation := failing(err, about)
	cause := err
	var errno syscall.Errno
	if errors.As(err, &errno) {
		cause = errno
	}
	what := fmt.Sprintf("%s of %s failed: %s", operation, escape(path, maxPathText), escape(cause.Error(), maxPathText))
	var e *Error
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		e = c.fail(ErrPermission, what+permissions(path), "give this user access, or run as the owner")
	case errors.Is(err, errors.ErrUnsupported):
		e = c.fail(ErrUnsupported, what, "keep the file where files can be created exclusively")
	case errors.Is(err, fs.ErrNotExist):
		e = c.fail(ErrIO, what, "make the directory first (or WithCreateParent)")
	default:
		e = c.fail(ErrIO, what, "see the system call's error")
	}
	e.Path, e.Err = path, err
	return e
}

// failing is the path and the system call that an error tells of. A candidate's random name would tell nobody anything:
// its directory is what refuses.
func failing(err error, about string) (path, operation string) {
	var onPath *fs.PathError
	var onLink *os.LinkError
	path, operation = about, "use"
	switch {
	case errors.As(err, &onPath):
		path, operation = onPath.Path, onPath.Op
	case errors.As(err, &onLink):
		path, operation = onLink.New, onLink.Op
	}
	if candidateName.MatchString(filepath.Base(path)) {
		path = filepath.Dir(path)
	}
	return path, operation
}

// permissions are those of the path, or of the nearest directory above it that can be looked at.
func permissions(path string) string {
	for {
		if info, err := os.Lstat(path); err == nil {
			return fmt.Sprintf(" (%s: %smode %04o)", escape(path, maxPathText), ownerOf(info), info.Mode().Perm())
		}
		parent := filepath.Dir(path)
		if parent == path {
			return ""
		}
		path = parent
	}
}
