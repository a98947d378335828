package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"syscall"

	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/sidecar"
	"github.com/openclaw/lock-helpers/go/store"
)

// refusal is the reply to a failed operation: the contract's own outcome, or that the driver broke.
func refusal(err error) reply {
	var refused *sidecar.Error
	var store *store.Error
	var failed *oauth.Error
	switch {
	// What wraps another comes first.
	case errors.As(err, &failed):
		return reply{"status": "refused", "code": failed.Code, "error": refreshDetails(failed, err)}
	case errors.As(err, &store):
		return reply{"status": "refused", "code": store.Code, "error": storeDetails(store)}
	case errors.As(err, &refused):
		return reply{"status": "refused", "code": refused.Code, "error": details(refused)}
	case isCancelled(err):
		return reply{"status": "refused", "code": "cancelled", "error": reply{"message": err.Error()}}
	}
	return reply{"status": "error", "message": err.Error()}
}

func isCancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func details(e *sidecar.Error) reply {
	found := reply{
		"message":  e.Error(),
		"lockPath": e.LockPath,
		"target":   e.Target,
		"waitedMs": milliseconds(e.Waited),
		"hint":     e.Hint,
	}
	if e.Holder != nil {
		found["holder"] = holder(e.Holder)
	}
	if e.Kind != "" {
		found["kind"] = e.Kind
	}
	if e.KernelLocks != nil {
		found["kernelLocks"] = kernelLocks(e.KernelLocks)
	}
	if e.Path != "" {
		found["path"] = e.Path
	}
	return withErrno(found, e)
}

func withErrno(found reply, err error) reply {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		found["errno"] = errnoName(errno)
	}
	return found
}

func storeDetails(e *store.Error) reply {
	found := reply{"message": e.Error(), "path": e.Path, "hint": e.Hint, "printed": printed(e)}
	if e.Kind != "" {
		found["kind"] = e.Kind
	}
	return withErrno(found, e)
}

// printed is an error in every way that Go has to show it. No token may be in it.
func printed(err error) string {
	coded, _ := json.Marshal(err)
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("", "error", err)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("", "error", err)
	return fmt.Sprintf("%v\n%+v\n%#v\n%s\n%s", err, err, err, coded, logged.String())
}

func holder(h *sidecar.Holder) reply {
	found := reply{"pid": nil, "command": nil, "ageMs": milliseconds(h.Age), "verdict": h.Verdict, "reason": h.Reason}
	if h.PID != 0 {
		found["pid"] = h.PID
	}
	if h.Command != "" {
		found["command"] = h.Command
	}
	return found
}

func errnoName(errno syscall.Errno) string {
	names := map[error]string{
		syscall.EACCES: "EACCES", syscall.EPERM: "EPERM", syscall.EROFS: "EROFS", syscall.ENOENT: "ENOENT",
		syscall.ENOTDIR: "ENOTDIR", syscall.ENOSPC: "ENOSPC", syscall.EDQUOT: "EDQUOT", syscall.EIO: "EIO",
		syscall.ENAMETOOLONG: "ENAMETOOLONG", syscall.ELOOP: "ELOOP", syscall.EMFILE: "EMFILE", syscall.ENFILE: "ENFILE",
		syscall.ENOTSUP: "ENOTSUP", syscall.ENOSYS: "ENOSYS", syscall.EXDEV: "EXDEV", syscall.EMLINK: "EMLINK",
		syscall.EISDIR: "EISDIR", syscall.ENOTEMPTY: "ENOTEMPTY", syscall.EBUSY: "EBUSY", syscall.ESTALE: "ESTALE",
		syscall.EINVAL: "EINVAL", syscall.EFBIG: "EFBIG", syscall.EEXIST: "EEXIST",
	}
	if name, known := names[errno]; known {
		return name
	}
	// Windows has its own numbers for the same.
	switch {
	case errors.Is(errno, fs.ErrNotExist):
		return "ENOENT"
	case errors.Is(errno, fs.ErrPermission):
		return "EACCES"
	}
	return errno.Error()
}

// outcome is the stable name of an outcome that is not success.
func outcome(err, body error) string {
	switch refused, direct := err.(*sidecar.Error); {
	case err == nil:
		return "returned"
	case direct:
		return string(refused.Code)
	case body != nil && errors.Is(err, body):
		return "body-error"
	case isCancelled(err):
		return "cancelled"
	}
	return "body-error"
}
