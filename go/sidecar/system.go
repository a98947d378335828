package sidecar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// machine is the real [evidence.System].
type machine struct{}

func (machine) Platform() string                     { return platformName() }
func (machine) Self() evidence.Identity              { return self() }
func (machine) Now() time.Time                       { return time.Now() }
func (machine) ReadFile(path string) ([]byte, error) { return os.ReadFile(path) }
func (machine) ReadLink(path string) (string, error) { return os.Readlink(path) }
func (machine) Signal(pid int64) error               { return signalZero(pid) }
func (machine) StartTime(pid int64) (int64, error)   { return startTimeOf(pid) }
func (m machine) Processes() (pids []int64, err error) {
	names, err := readNames("/proc")
	for _, name := range names {
		if pid, err := strconv.ParseInt(name, 10, 64); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, err
}

func (m machine) Descriptors(pid int64) ([]evidence.FileID, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	if pid == m.Self().PID {
		dir = "/proc/self/fd"
	}
	names, err := readNames(dir)
	var open []evidence.FileID
	for _, name := range names {
		info, failed := os.Stat(dir + "/" + name)
		if failed == nil {
			open = append(open, fileID(info))
		} else if !errors.Is(failed, fs.ErrNotExist) { // Closed since it was listed: not open.
			err = failed
		}
	}
	return open, err
}

func readNames(dir string) ([]string, error) {
	opened, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return opened.Readdirnames(-1)
}
