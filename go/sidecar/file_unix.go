//go:build unix

package sidecar

import (
	"io/fs"
	"os"
	"strconv"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// The lock's mode: lockers of the flock kind then fail instead of truncating a live lock, and other users can read who
// holds it (PUBLISH-6).
const lockMode = 0o444

// createExclusive makes a file that was not there, with its mode from the first moment on. Package os adds O_CLOEXEC.
func createExclusive(path string, mode fs.FileMode) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, mode)
}

// openForReading never follows a link, and never waits for the other end of a pipe.
func openForReading(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}

// openDirectory opens what is a directory, and nothing that has taken its place.
func openDirectory(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}

// unlink removes a file and never, as os.Remove does, a directory that has taken its place.
func unlink(path string) error {
	for {
		err := syscall.Unlink(path)
		if err == nil {
			return nil
		}
		if err != syscall.EINTR {
			return &fs.PathError{Op: "unlink", Path: path, Err: err}
		}
	}
}

// removeDirectory removes an empty directory and never, as os.Remove does, a file that has taken its place. That it is
// gone already is as good.
func removeDirectory(path string) error {
	for {
		err := syscall.Rmdir(path)
		if err == nil || err == syscall.ENOENT {
			return nil
		}
		if err != syscall.EINTR {
			return &fs.PathError{Op: "rmdir", Path: path, Err: err}
		}
	}
}

// notAnEmptyDirectory are the answers to that where it has changed meanwhile.
var notAnEmptyDirectory = []error{syscall.ENOTEMPTY, syscall.EEXIST, syscall.ENOTDIR}

func setMode(file *os.File, mode fs.FileMode) error { return file.Chmod(mode) }

// keepsDescriptor: a holder's open descriptor pins the inode, and is evidence of life (PUBLISH-7).
const keepsDescriptor = true

func fileID(info fs.FileInfo) evidence.FileID {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return evidence.FileID{}
	}
	return evidence.FileID{Dev: uint64(stat.Dev), Ino: uint64(stat.Ino)}
}

func deviceOf(dir string) (string, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	return strconv.FormatUint(fileID(info).Dev, 10), nil
}

// ownerOf is who may give permission.
func ownerOf(info fs.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return "owner uid " + strconv.FormatUint(uint64(stat.Uid), 10) + ", "
}

func signalZero(pid int64) error { return syscall.Kill(int(pid), 0) }

// linkUnavailable are the ways in which link(2) says that it is not to be had here (PUBLISH-4).
var linkUnavailable = []error{
	syscall.EPERM, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EXDEV, syscall.EMLINK, syscall.EACCES,
}

// passing are failures that go away by themselves: a file handle that a server has forgotten.
var passing = []error{syscall.ESTALE}

// control calls back with the descriptor, which cannot be closed, and its number taken by another file, meanwhile.
func control(file *os.File, call func(fd uintptr) error) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = call(fd) }); err != nil {
		return err
	}
	return failed
}

// modeUnavailable are the answers of a file system that has no modes.
var modeUnavailable = []error{syscall.EPERM, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS}
