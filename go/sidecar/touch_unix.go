//go:build unix && !linux

package sidecar

import (
	"os"
	"syscall"
	"time"
)

// stamp sets the modification time to the file system's own now, by writing what is there.
func stamp(file *os.File) error {
	first := make([]byte, 1)
	if _, err := file.ReadAt(first, 0); err != nil {
		return err
	}
	_, err := file.WriteAt(first, 0)
	return err
}

func setModified(file *os.File, to time.Time) error {
	at := syscall.NsecToTimeval(to.UnixNano())
	return control(file, func(fd uintptr) error { return syscall.Futimes(int(fd), []syscall.Timeval{at, at}) })
}
