// Package filestate tells whether a file is still the one that was looked at.
package filestate

import (
	"io/fs"
	"os"
)

// State is the identity of a file at one moment; the zero value says that there was none. What a platform does not tell
// is zero.
type State struct {
	There      bool
	Dev, Ino   uint64
	Size       int64
	ModifiedNs int64
	ChangedNs  int64
}

// Of is what a look has found.
func Of(info fs.FileInfo) State {
	found := State{There: true, Size: info.Size(), ModifiedNs: info.ModTime().UnixNano()}
	found.Dev, found.Ino, found.ChangedNs = inode(info)
	return found
}

// At looks at a path, through a final symbolic link. What cannot be looked at is as if it were not there.
func At(path string) State {
	info, err := os.Stat(path)
	if err != nil {
		return State{}
	}
	return Of(info)
}
