package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/text"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// Code is the stable name of an outcome, the same in every language (spec/store.md). Each code is itself an error, to be
// looked for with [errors.Is].
type Code string

// The outcomes other than success. Every one comes as an [*Error].
const (
	// ErrMissing: there is no such file. Make it with the program that owns it.
	ErrMissing Code = "store_missing"
	// ErrInvalid: it is no store; Error.Kind says why. Nothing was changed.
	ErrInvalid Code = "store_invalid"
	// ErrUnsupported: it cannot be replaced, for what Error.Kind says; Error.Hint names what to use instead.
	ErrUnsupported Code = "store_unsupported"
	// ErrNotLocked: a lock is missing, or lost. Take it, and begin again from the read.
	ErrNotLocked Code = "store_not_locked"
	// ErrChanged: somebody wrote without the lock. Begin again from the read.
	ErrChanged Code = "store_changed"
	// ErrPermission: EACCES, EPERM or EROFS. errors.Is with fs.ErrPermission holds too.
	ErrPermission Code = "store_permission"
	// ErrIO: any other failing system call; errors.As finds its syscall.Errno.
	ErrIO Code = "store_io"
)

// Error is the code itself.
func (c Code) Error() string { return string(c) }

// Error tells why a store was not read, or not replaced. It holds nothing of the store.
type Error struct {
	// Code is what to act on.
	Code Code
	// Path is the store.
	Path string
	// Kind says what is wrong with it: one of STORE-2 with [ErrInvalid], such as "torn"; of STORE-8 with [ErrUnsupported],
	// such as "mount-point".
	Kind string
	// Hint is one sentence: the next step.
	Hint string
	// Err is the failed system call, or nil.
	Err error

	what string
}

// Error is one line for people. Its wording may change, its Code will not.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s %s; %s", e.Code, text.Path(e.Path), e.what, e.Hint)
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is says whether target is this error's [Code].
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

func missing(path string) *Error {
	return &Error{Code: ErrMissing, Path: path, what: "is not there", Hint: "make it with the program that owns it"}
}

func invalid(path string, kind error) *Error {
	name := strings.TrimPrefix(kind.Error(), "not a store: ")
	return &Error{
		Code: ErrInvalid, Path: path, Kind: name, what: "is not a JSON object as a store must be (" + name + ")",
		Hint: "look at the file; nothing was changed",
	}
}

func notLocked(path, what string) *Error {
	return &Error{Code: ErrNotLocked, Path: path, what: what, Hint: "take the lock, and begin again from the read"}
}

func changed(path string) *Error {
	return &Error{Code: ErrChanged, Path: path, what: "was written by somebody without the lock", Hint: "begin again from the read"}
}

// systemError names the call that failed, and for a matter of permission whose the file is.
func systemError(path string, err error) error {
	var ours *Error
	var locks *sidecar.Error
	if errors.As(err, &ours) || errors.As(err, &locks) {
		return err
	}
	operation, at, cause := "use", path, err
	var onPath *fs.PathError
	var onLink *os.LinkError
	switch {
	case errors.As(err, &onPath):
		operation, at = onPath.Op, onPath.Path
	case errors.As(err, &onLink):
		operation = onLink.Op
	}
	// A temporary file's random name would tell nobody anything: its directory is what refuses.
	if temporaryName.MatchString(filepath.Base(at)) {
		at = filepath.Dir(at)
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		cause = errno
	}
	failed := &Error{Code: ErrIO, Path: path, Err: err, Hint: "see the system call's error"}
	failed.what = fmt.Sprintf("cannot be used: %s of %s failed: %s", operation, text.Path(at), text.Path(cause.Error()))
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		failed.Code, failed.Hint = ErrPermission, "give this user access, or run as the owner"
		if info, err := os.Lstat(at); err == nil {
			failed.what += fmt.Sprintf(" (%smode %04o)", ownerOf(info), info.Mode().Perm())
		}
	}
	return failed
}
