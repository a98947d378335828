package sidecar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/text"
)

// KernelLock is a lock that some process has on a file by flock or fcntl, as /proc/locks shows it. It says nothing about
// the lock of this contract, and is not heeded by it.
type KernelLock struct {
	// On says on which file: "lock" or "target".
	On string
	// Type is "flock", "fcntl", or "ofd" for an open file description's.
	Type string
	// Access is "READ" or "WRITE".
	Access string
	// PID is zero where it cannot be known.
	PID int
	// Command is the name of that process, where it is visible. It is raw: escape it before you print it.
	Command string
}

const (
	onLock   = "lock"
	onTarget = "target"

	fcntlLock = "fcntl"
	ofdLock   = "ofd"
)

var kernelLockTypes = map[string]string{"FLOCK": "flock", "POSIX": fcntlLock, "OFDLCK": ofdLock}

// kernelLocksOf reads the text of /proc/locks (FOREIGN-3). A pid of zero is unknown.
func kernelLocksOf(locks string, major, minor uint64, inode string) []evidence.KernelLockLine {
	var found []evidence.KernelLockLine
	for _, line := range strings.Split(locks, "\n") {
		// <n>: <type> <mode> <access> <pid> <major>:<minor>:<inode> <start> <end>; what waits has -> after its number.
		words := strings.Fields(line)
		if len(words) != 8 || kernelLockTypes[words[1]] == "" || !isFile(words[5], major, minor, inode) {
			continue
		}
		pid, err := strconv.ParseInt(words[4], 10, 64)
		if err != nil || words[3] != "READ" && words[3] != "WRITE" {
			continue
		}
		lock := evidence.KernelLockLine{Type: kernelLockTypes[words[1]], Access: words[3], PID: max(pid, 0)}
		if !slices.Contains(found, lock) {
			found = append(found, lock)
		}
	}
	return found
}

func isFile(word string, major, minor uint64, inode string) bool {
	parts := strings.Split(word, ":")
	if len(parts) != 3 || parts[2] != inode {
		return false
	}
	hasMajor, err := strconv.ParseUint(parts[0], 16, 64)
	if err != nil || hasMajor != major {
		return false
	}
	hasMinor, err := strconv.ParseUint(parts[1], 16, 64)
	return err == nil && hasMinor == minor
}

// device is how /proc/locks splits st_dev.
func device(dev uint64) (major, minor uint64) {
	return dev>>8&0xfff | dev>>32&^0xfff, dev&0xff | dev>>12&^0xff
}

// watchedFile is one of the two files whose kernel locks are told, if it is there.
type watchedFile struct {
	on string
	id evidence.FileID
}

// findKernelLocks reads who has locked these files, by /proc/locks. What cannot be read says nothing.
func findKernelLocks(sys evidence.System, files ...watchedFile) []KernelLock {
	if !procUsable(sys) {
		return nil
	}
	locks, err := sys.ReadFile("/proc/locks")
	if err != nil {
		return nil
	}
	var found []KernelLock
	for _, file := range files {
		major, minor := device(file.id.Dev)
		for _, line := range kernelLocksOf(string(locks), major, minor, strconv.FormatUint(file.id.Ino, 10)) {
			// The kernel names nobody for what belongs to an open file, which several processes may have, and for flock who has
			// locked it, though that may have ended, and another have the file.
			if line.Type == ofdLock || line.PID == 0 || hasEnded(sys, line.PID) {
				line.PID = soleOpener(sys, file.id)
			}
			lock := KernelLock{On: file.on, Type: line.Type, Access: line.Access, PID: int(line.PID)}
			if line.PID != 0 {
				lock.Command = commandOf(sys, line.PID)
			}
			found = append(found, lock)
		}
	}
	return found
}

func hasEnded(sys evidence.System, pid int64) bool {
	found := processOf(sys, true, pid)
	return found == evidence.ProcessGone || found == evidence.ProcessZombie
}

// soleOpener is the only process that has the file open, of those that can be read; zero if there are none or more.
func soleOpener(sys evidence.System, file evidence.FileID) int64 {
	pids, err := sys.Processes()
	if err != nil {
		return 0
	}
	var sole int64
	for _, pid := range pids {
		open, err := isOpen(sys, pid, file)
		if isAny(err, exhausted) {
			return 0
		}
		if !open {
			continue
		}
		if sole != 0 {
			return 0
		}
		sole = pid
	}
	return sole
}

// describeKernelLocks names the first on each of the two.
func describeKernelLocks(locks []KernelLock, lockPath, target string) string {
	var words strings.Builder
	for _, file := range []struct{ on, path string }{{onLock, lockPath}, {onTarget, target}} {
		at := slices.IndexFunc(locks, func(each KernelLock) bool { return each.On == file.on })
		if at < 0 {
			continue
		}
		fmt.Fprintf(&words, "; %s is locked with %s by %s", text.Path(file.path), locks[at].Type, locks[at].who())
	}
	return words.String()
}

func (k KernelLock) who() string {
	if k.PID == 0 {
		return "a process that cannot be seen"
	}
	return describeProcess(k.PID, k.Command)
}
