package sidecar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/text"
)

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
	what := fmt.Sprintf("%s of %s failed: %s", operation, text.Path(path), text.Path(cause.Error()))
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
	switch name := filepath.Base(path); {
	case candidateName.MatchString(name), unfinishedName.MatchString(name), witnessName.MatchString(name):
		path = filepath.Dir(path)
	}
	return path, operation
}

// permissions are those of the path, or of the nearest directory above it that can be looked at.
func permissions(path string) string {
	for {
		if info, err := os.Lstat(path); err == nil {
			return fmt.Sprintf(" (%s: %smode %04o)", text.Path(path), ownerOf(info), info.Mode().Perm())
		}
		parent := filepath.Dir(path)
		if parent == path {
			return ""
		}
		path = parent
	}
}
