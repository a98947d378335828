//go:build unix

// Package filelimit looks at the process's limit of a file's size before a write: Go ends a program that writes past it
// with a panic for SIGXFSZ, instead of telling the writer.
package filelimit

import "syscall"

// Check is EFBIG where a file of this size may not be written.
func Check(size int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return nil
	}
	if most := uint64(limit.Cur); most < uint64(size) {
		return syscall.EFBIG
	}
	return nil
}
