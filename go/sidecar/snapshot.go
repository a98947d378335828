package sidecar

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// snapshot is what stood at a path at one moment.
type snapshot struct {
	evidence.File
	info fs.FileInfo
}

func (s *snapshot) modified() time.Time { return s.info.ModTime() }

// same: the same bytes and modification time (RECLAIM-2); of what has no bytes, the same object.
func (s *snapshot) same(other *snapshot) bool {
	if s.Object != other.Object || s.Oversized != other.Oversized || !s.modified().Equal(other.modified()) {
		return false
	}
	if s.Bytes == nil || other.Bytes == nil {
		return s.Bytes == nil && other.Bytes == nil && os.SameFile(s.info, other.info)
	}
	return bytes.Equal(s.Bytes, other.Bytes)
}

// read takes a snapshot (PAYLOAD-5), or nil when nothing is there. It looks first: opening a device may act on it.
func read(path string) (*snapshot, error) {
	for tries := 0; ; tries++ {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return &snapshot{File: evidence.File{Object: objectOf(info), ID: fileID(info)}, info: info}, nil
		}
		found, err := readRegular(path)
		replaced := err == nil && found == nil || errors.Is(err, isALink)
		if replaced && tries < 100 {
			continue // Since we looked.
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return found, err
	}
}

// readRegular is nil without an error when the file is not a regular one.
func readRegular(path string) (*snapshot, error) {
	file, err := openForReading(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil
	}
	found := &snapshot{File: evidence.File{Object: evidence.Regular, ID: fileID(info)}, info: info}
	if info.Size() > specMaxReadBytes {
		found.Oversized = true
		return found, nil
	}
	// One byte more than allowed shows a file that has grown.
	content, err := io.ReadAll(io.LimitReader(file, specMaxReadBytes+1))
	if err != nil {
		return nil, err
	}
	if found.Oversized = len(content) > specMaxReadBytes; !found.Oversized {
		found.Bytes = content
	}
	return found, nil
}

func objectOf(info fs.FileInfo) evidence.Object {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return evidence.Regular
	case mode.IsDir():
		return evidence.Directory
	case mode&fs.ModeSymlink != 0:
		return evidence.Symlink
	case mode&fs.ModeNamedPipe != 0:
		return evidence.FIFO
	case mode&fs.ModeSocket != 0:
		return evidence.Socket
	}
	return evidence.Device
}

// holds says whether the path holds exactly these bytes (RELEASE-1). An error says nothing either way.
func holds(path string, raw []byte) (bool, error) {
	found, err := read(path)
	if err != nil || found == nil {
		return false, err
	}
	return found.Object == evidence.Regular && !found.Oversized && bytes.Equal(found.Bytes, raw), nil
}

func unlinkIfThere(path string) error {
	if err := unlink(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
