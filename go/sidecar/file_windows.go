package sidecar

import (
	"io/fs"
	"os"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

const lockMode = 0o600

func createExclusive(path string, mode fs.FileMode) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
}

// openForReading shares the file with who deletes it: a reader must not keep the holder from releasing.
func openForReading(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	const share = syscall.FILE_SHARE_READ | syscall.FILE_SHARE_WRITE | syscall.FILE_SHARE_DELETE
	const flags = syscall.FILE_ATTRIBUTE_NORMAL | syscall.FILE_FLAG_OPEN_REPARSE_POINT
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ, share, nil, syscall.OPEN_EXISTING, flags, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(handle), path), nil
}

func openDirectory(path string) (*os.File, error) { return os.Open(path) }

func unlink(path string) error {
	name, err := syscall.UTF16PtrFromString(path)
	if err == nil {
		err = syscall.DeleteFile(name)
	}
	if err != nil {
		return &fs.PathError{Op: "unlink", Path: path, Err: err}
	}
	return nil
}

func removeDirectory(path string) error {
	name, err := syscall.UTF16PtrFromString(path)
	if err == nil {
		err = syscall.RemoveDirectory(name)
	}
	if err != nil && err != syscall.ERROR_FILE_NOT_FOUND {
		return &fs.PathError{Op: "rmdir", Path: path, Err: err}
	}
	return nil
}

var notAnEmptyDirectory = []error{syscall.ERROR_DIR_NOT_EMPTY, errorDirectory}

// A read-only attribute and an open descriptor would both keep the lock from being removed (PUBLISH-6, PUBLISH-7).
func setMode(*os.File, fs.FileMode) error { return nil }

const keepsDescriptor = false

// Inode and descriptor evidence exist on Linux only.
func fileID(fs.FileInfo) evidence.FileID { return evidence.FileID{} }

func deviceOf(dir string) (string, error) {
	_, err := os.Stat(dir)
	return "", err
}

func ownerOf(fs.FileInfo) string { return "" }

const (
	errorInvalidParameter = syscall.Errno(87)
	errorSharingViolation = syscall.Errno(32)
	errorNotSupported     = syscall.Errno(50)
	errorInvalidFunction  = syscall.Errno(1)
	errorTooManyLinks     = syscall.Errno(1142)
	errorNotSameDevice    = syscall.Errno(17)
	errorDirectory        = syscall.Errno(267)
	stillActive           = 259
)

// signalZero answers in the errors of kill(2).
func signalZero(pid int64) error {
	process, err := syscall.OpenProcess(processQueryLimitedInformation, false, uint32(pid))
	switch err {
	case nil:
	case errorInvalidParameter:
		return syscall.ESRCH
	case syscall.ERROR_ACCESS_DENIED:
		return syscall.EPERM
	default:
		return err
	}
	defer syscall.CloseHandle(process)
	var code uint32
	if err := syscall.GetExitCodeProcess(process, &code); err == nil && code != stillActive {
		return syscall.ESRCH
	}
	return nil
}

var linkUnavailable = []error{
	errorInvalidFunction, errorNotSupported, errorTooManyLinks, errorNotSameDevice, syscall.ERROR_ACCESS_DENIED,
}

// passing are failures that go away by themselves: a file that is just being deleted, or looked at by a scanner.
var passing = []error{syscall.ERROR_ACCESS_DENIED, errorSharingViolation}

var modeUnavailable []error

// isALink is an answer that only O_NOFOLLOW gives.
const isALink = syscall.ELOOP
