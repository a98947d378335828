//go:build unix

package store

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// openForReading never waits for the other end of a pipe.
func openForReading(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// createExclusive makes a file that only this user can read from the first moment on. Package os adds O_CLOEXEC.
func createExclusive(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
}

// likeOld gives the new file the owner of the old one, and then its mode: a change of owner would clear bits of it.
func likeOld(file *os.File, made, old fs.FileInfo) error {
	was, okWas := old.Sys().(*syscall.Stat_t)
	is, okIs := made.Sys().(*syscall.Stat_t)
	if okWas && okIs && (was.Uid != is.Uid || was.Gid != is.Gid) {
		if err := file.Chown(int(was.Uid), int(was.Gid)); err != nil {
			return err
		}
	}
	if old.Mode() == made.Mode() {
		return nil
	}
	return file.Chmod(old.Mode())
}

func hardLinks(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink)
	}
	return 1
}

func ownerOf(info fs.FileInfo) string {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("owner uid %d, ", stat.Uid)
	}
	return ""
}

// renamesOnlyClosed: an open descriptor keeps a file from being renamed.
const renamesOnlyClosed = false

const busy = syscall.EBUSY

// linkUnavailable are the ways in which link(2) says that it is not to be had here.
var linkUnavailable = []error{syscall.EPERM, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EMLINK}
