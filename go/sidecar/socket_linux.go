package sidecar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// openPath is O_PATH, which package syscall does not name: a directory need not be readable for it.
const openPath = 0x200000

func newSocket() (int, error) {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	return fd, os.NewSyscallError("socket", err)
}

// withAddress calls back with the address of a path. One that is too long goes through its open directory, and is never
// cut (WITNESS-3).
func withAddress(path string, call func(syscall.Sockaddr) error) error {
	if len(path) <= specMaxSocketPathBytes {
		return call(&syscall.SockaddrUnix{Name: path})
	}
	dir, err := os.OpenFile(filepath.Dir(path), openPath|syscall.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer dir.Close()
	return needingProc(call(&syscall.SockaddrUnix{Name: procPath(dir) + "/" + filepath.Base(path)}))
}

func procPath(file *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", file.Fd()) }

// needingProc: what does not exist is /proc.
func needingProc(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no /proc", errors.ErrUnsupported)
	}
	return err
}

func (machine) Connect(path string) (int64, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	// connect refuses what is no socket just as it does one whose process is dead.
	if info.Mode().Type() != fs.ModeSocket {
		return 0, syscall.ENOTSOCK
	}
	fd, err := newSocket()
	if err != nil {
		return 0, err
	}
	defer syscall.Close(fd)
	if err := withAddress(path, func(to syscall.Sockaddr) error { return syscall.Connect(fd, to) }); err != nil {
		return 0, err
	}
	peer, err := syscall.GetsockoptUcred(fd, syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	if err != nil {
		return 0, nil // It answers all the same.
	}
	return int64(peer.Pid), nil
}
