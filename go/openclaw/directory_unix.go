//go:build unix

package openclaw

import (
	"io/fs"
	"os"
	"syscall"
)

// giveTo gives a directory that was just made the owner and group of another, or removes it again. The umask may have
// taken rights off.
func giveTo(dir string, owner fs.FileInfo) error {
	err := os.Chmod(dir, 0o700)
	stat, is := owner.Sys().(*syscall.Stat_t)
	if made, failed := os.Lstat(dir); err == nil && failed == nil && is {
		own, known := made.Sys().(*syscall.Stat_t)
		if known && (own.Uid != stat.Uid || own.Gid != stat.Gid) {
			err = os.Lchown(dir, int(stat.Uid), int(stat.Gid))
		}
	}
	if err != nil {
		_ = os.Remove(dir)
	}
	return err
}
