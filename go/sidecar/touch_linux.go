package sidecar

import (
	"os"
	"syscall"
	"time"
	"unsafe"
)

// stamp sets the modification time to the file system's own now. (syscall.Futimes would take our clock's.)
func stamp(file *os.File) error { return utimens(file, nil) }

func setModified(file *os.File, to time.Time) error {
	at := syscall.NsecToTimespec(to.UnixNano())
	return utimens(file, &[2]syscall.Timespec{at, at})
}

func utimens(file *os.File, times *[2]syscall.Timespec) error {
	return control(file, func(fd uintptr) error {
		_, _, errno := syscall.Syscall6(syscall.SYS_UTIMENSAT, fd, 0, uintptr(unsafe.Pointer(times)), 0, 0, 0)
		if errno != 0 {
			return errno
		}
		return nil
	})
}
