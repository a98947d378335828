package store

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/openclaw/lock-helpers/go/internal/hook"
)

var remedies = map[string]string{
	"mount-point": "mount its directory instead of the file itself",
	"symlink":     "give the path that the link leads to, which every writer then must use",
	"hard-link":   "leave it one name: a replacement would part them",
}

func unsupported(path, kind string) *Error {
	hint, known := remedies[kind]
	if !known {
		hint = "use a regular file"
	}
	return &Error{Code: ErrUnsupported, Path: path, Kind: kind, what: "cannot be replaced (" + kind + ")", Hint: hint}
}

// kindOf says what it is instead of a regular file.
func kindOf(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return ""
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSymlink != 0:
		return "symlink"
	case mode&fs.ModeNamedPipe != 0:
		return "fifo"
	case mode&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}

// supported refuses what cannot be replaced (STORE-8). It answers what is there now; nil where there is nothing.
func supported(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, systemError(path, err)
	}
	if kind := kindOf(info); kind != "" {
		return nil, unsupported(path, kind)
	}
	if isMounted(path) {
		return nil, unsupported(path, "mount-point")
	}
	if hardLinks(info) > 1 {
		left := leftovers(path, info)
		// Its writer may be alive, and have taken it away since.
		again, err := os.Lstat(path)
		if err != nil {
			return nil, systemError(path, err)
		}
		if hardLinks(again) > 1+uint64(len(left)) {
			return nil, unsupported(path, "hard-link")
		}
	}
	return info, nil
}

func init() {
	hook.MountPoint = isMountPoint
	hook.StoreError = systemError
	hook.Unsupported = func(path, kind, what, hint string) error {
		return &Error{Code: ErrUnsupported, Path: path, Kind: kind, what: what, Hint: hint}
	}
}

func isMounted(path string) bool {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(absolute))
	return err == nil && isMountPoint(mounts, filepath.Join(dir, filepath.Base(absolute)))
}

// isMountPoint looks for the path among the mount points of a mountinfo.
func isMountPoint(mounts []byte, path string) bool {
	for line := range bytes.SplitSeq(mounts, []byte("\n")) {
		fields := bytes.Split(line, []byte(" "))
		if len(fields) >= 5 && unescapeOctal(fields[4]) == path {
			return true
		}
	}
	return false
}

// unescapeOctal undoes what the kernel does to blanks and backslashes, in one pass.
func unescapeOctal(field []byte) string {
	var plain []byte
	for at := 0; at < len(field); at++ {
		if field[at] == '\\' && len(field)-at > 3 {
			if value, err := strconv.ParseUint(string(field[at+1:at+4]), 8, 8); err == nil {
				plain = append(plain, byte(value))
				at += 3
				continue
			}
		}
		plain = append(plain, field[at])
	}
	return string(plain)
}
