package filestate

import (
	"io/fs"
	"syscall"
)

func inode(info fs.FileInfo) (dev, ino uint64, changedNs int64) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, 0
	}
	return uint64(stat.Dev), uint64(stat.Ino), stat.Ctim.Nano()
}
