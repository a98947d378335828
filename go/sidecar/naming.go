package sidecar

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/text"
)

// named names what the verdict calls foreign. Of the kernel locks those on the lock count.
func (f *finding) named(locks []KernelLock) (*foreignEntry, *int64) {
	seen := evidence.Stranger{Object: f.Object, Dir: f.Dir, Bytes: f.Bytes, Oversized: f.Oversized}
	if f.Object == evidence.Directory {
		seen.Entries, seen.Listed = f.listing().count, f.listing().listed
	}
	for _, lock := range locks {
		if lock.On == onLock {
			seen.KernelLocks = append(seen.KernelLocks, lock.Type)
		}
	}
	return named(seen)
}

// listing tells an empty directory from one with something in it, from one that may not be listed, and from one that has
// gone since it was looked at: that is no directory with files in it.
type listing struct {
	count        int
	listed, gone bool
}

func list(path string) listing {
	dir, err := openDirectory(path)
	if err != nil {
		return listing{gone: isAny(err, noDirectoryAnyMore)}
	}
	defer dir.Close()
	names, err := dir.Readdirnames(1)
	return listing{
		count: len(names), listed: len(names) > 0 || errors.Is(err, io.EOF), gone: isAny(err, noDirectoryAnyMore),
	}
}

var noDirectoryAnyMore = []error{fs.ErrNotExist, syscall.ENOTDIR, isALink}

// made is who has made a foreign lock, by what it says (FOREIGN-2). Its command is that of a process here, where the pid
// cannot be of another PID namespace.
func (h *Holder) made(sys evidence.System, pid *int64, p policy) {
	if pid == nil {
		return
	}
	h.PID = int(*pid)
	if (isInitial(sys) || p.TrustPIDs) && processOf(sys, procUsable(sys), *pid) == evidence.ProcessLive {
		h.Command = commandOf(sys, *pid)
	}
}

// kernelLocks are those on the lock and on the target, of whoever would open them now. Neither is opened: closing it
// would take this process's own fcntl locks away.
func (c *call) kernelLocks(sys evidence.System) []KernelLock {
	var files []watchedFile
	if info, err := os.Lstat(c.lockPath); err == nil {
		files = append(files, watchedFile{onLock, fileID(info)})
	}
	if info, err := os.Stat(c.target); err == nil {
		files = append(files, watchedFile{onTarget, fileID(info)})
	}
	return findKernelLocks(sys, files...)
}

// foreignError names what is there now (FOREIGN-1); denial says why it was not removed though that was asked for.
func (c *call) foreignError(f *finding, sys evidence.System, denial string) *Error {
	locks := c.kernelLocks(sys)
	entry, pid := f.named(locks)
	holder := f.holder(sys)
	holder.PID, holder.Command = 0, ""
	holder.made(sys, pid, f.policy)
	what := text.Path(c.lockPath) + " is " + entry.what
	if holder.PID != 0 {
		what += ", made by " + describeProcess(holder.PID, holder.Command)
	}
	e := c.fail(ErrForeign, what, foreignStep(entry, c.lockPath, denial))
	e.Kind = entry.kind
	return e.about(f, holder).locked(locks)
}

// A marker that its makers never remove, and must find there.
const permanentMarker = "filelock-strict"

func foreignStep(entry *foreignEntry, path, denial string) string {
	step := entry.remedy
	switch {
	case entry.kind == permanentMarker:
	case entry.entries != "":
		step += ", then run: rmdir " + text.ShellWord(path)
	case entry.object == string(evidence.Directory):
		step += ", then remove " + text.Path(path)
	default:
		step += ", then run: rm " + text.ShellWord(path)
	}
	switch {
	case denial != "":
		step += "; its removal was asked for (WithRemoveForeign), but " + denial
	case entry.removable:
		step += "; or allow its removal once nobody uses it (WithRemoveForeign)"
	}
	return step
}
