package sidecar

import (
	"fmt"
	"strings"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/text"
)

// Code is the stable name of an outcome, the same in every language (spec/errors.md, ERROR-1). Each code is itself an
// error, to be looked for with [errors.Is]:
//
//	if errors.Is(err, sidecar.ErrTimeout) { ... }
type Code string

// The outcomes other than success. Every one comes as an [*Error], except that a cancelled wait is the context's own
// error.
const (
	// ErrTimeout: the wait ended, and the lock is held or cannot be judged. Wait longer, or look at the named holder.
	ErrTimeout Code = "file_lock_timeout"
	// ErrStale: the holder is dead, and [WithoutReclaim] forbade to remove its lock.
	ErrStale Code = "file_lock_stale"
	// ErrForeign: what is at the lock path is no lock of this contract nor of OpenClaw; Error.Kind says what.
	ErrForeign Code = "file_lock_foreign"
	// ErrLost: the lock is gone or is somebody else's. What was written since is unprotected.
	ErrLost Code = "file_lock_lost"
	// ErrGuardOrphaned: a guard that nobody can judge is in the way; Error.Hint names the command that repairs it.
	ErrGuardOrphaned Code = "file_lock_guard_orphaned"
	// ErrReentrant: the context already carries this lock. Use the lock that you have.
	ErrReentrant Code = "file_lock_reentrant"
	// ErrPermission: EACCES, EPERM or EROFS on the directory or the lock. errors.Is with fs.ErrPermission holds too.
	ErrPermission Code = "file_lock_permission"
	// ErrUnsupported: the platform or the file system lacks what is needed.
	ErrUnsupported Code = "file_lock_unsupported"
	// ErrInvalidOption: an argument is wrong. Nothing has been touched.
	ErrInvalidOption Code = "file_lock_invalid_option"
	// ErrIO: any other failing system call; errors.As finds its syscall.Errno.
	ErrIO Code = "file_lock_io"
)

// Error is the code itself.
func (c Code) Error() string { return string(c) }

// Error tells why a lock was not taken, or not given back. It is complete when it is made, and safe to keep.
type Error struct {
	// Code is what to act on.
	Code Code
	// Target is the guarded file, absolute, its parent resolved; as given, if it could not be resolved.
	Target string
	// LockPath is the sidecar.
	LockPath string
	// Path is what the failure is about, where that is not the lock: a directory, a guard.
	Path string
	// Waited is how long the call had waited.
	Waited time.Duration
	// Holder is who was in the way, as last observed; nil when nobody was.
	Holder *Holder
	// Kind says what a foreign lock is, by its name in spec/foreign.json: such as "proper-lockfile", "flock" or "git".
	Kind string
	// KernelLocks are those on the lock, then those on the target, where a wait has ended in a refusal. They are never
	// what was in the way: OpenClaw does not see them either.
	KernelLocks []KernelLock
	// Hint is one sentence: the next step. Like the message it has no unescaped byte of a file or of a name.
	Hint string
	// Err is the cause: a failed system call, context.DeadlineExceeded, or nil.
	Err error

	what string
}

// Error is one line for people: what happened, to whom, and what to do. Its wording may change, its Code will not.
func (e *Error) Error() string {
	var line strings.Builder
	fmt.Fprintf(&line, "file lock %s for %s: %s", phrases[e.Code], text.Path(e.Target), e.what)
	if e.Waited > 0 {
		fmt.Fprintf(&line, ", waited %s", text.Seconds(e.Waited))
	}
	if e.Hint != "" {
		fmt.Fprintf(&line, "; %s", e.Hint)
	}
	return line.String()
}

// Unwrap is the cause, so that errors.Is finds context.DeadlineExceeded, fs.ErrPermission or syscall.ENOSPC.
func (e *Error) Unwrap() error { return e.Err }

// Is says whether target is this error's [Code].
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// OpenClaw's own matchers look for "file lock timeout" (ERROR-2).
var phrases = map[Code]string{
	ErrTimeout:       "timeout",
	ErrStale:         "stale",
	ErrForeign:       "foreign",
	ErrLost:          "lost",
	ErrGuardOrphaned: "guard orphaned",
	ErrReentrant:     "reentrant",
	ErrPermission:    "permission denied",
	ErrUnsupported:   "unsupported",
	ErrInvalidOption: "invalid option",
	ErrIO:            "input/output error",
}

// Verdict is what the evidence says of a lock (spec/verdict.md).
type Verdict string

// The verdicts. Free is nobody's: there is no lock.
const (
	Free         Verdict = "free"
	Held         Verdict = "held"
	Stale        Verdict = "stale"
	BeingWritten Verdict = "being-written"
	Foreign      Verdict = "foreign"
	Unknown      Verdict = "unknown"
)

// Holder is who has a lock, as observed. What could not be known is zero.
type Holder struct {
	// PID is the recorded process id, in the holder's own PID namespace.
	PID int
	// Command is the name of that process, where it is visible from here. It is raw: escape it before you print it.
	Command string
	// Age is the time since the lock was taken, by the wall clock; for people, never evidence.
	Age time.Duration
	// Verdict and Reason are the row of the verdict table that decided.
	Verdict Verdict
	Reason  string
}
