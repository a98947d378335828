//go:build !unix

package store

import (
	"io/fs"
	"os"
	"syscall"
)

func openForReading(path string) (*os.File, error) { return os.Open(path) }

func createExclusive(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// likeOld: a new file has the rights of its directory.
func likeOld(*os.File, fs.FileInfo, fs.FileInfo) error { return nil }

func hardLinks(fs.FileInfo) uint64 { return 1 }

func ownerOf(fs.FileInfo) string { return "" }

const renamesOnlyClosed = true

const busy = syscall.Errno(0)

var linkUnavailable = []error{syscall.Errno(1), syscall.Errno(50)}
