package vector

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"
	"strconv"
	"syscall"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// System is a machine as a vector describes it. What it does not name does not exist.
type System struct {
	PlatformName string `json:"platform"`
	Time         string `json:"now"`
	Own          struct {
		PID           int64  `json:"pid"`
		Starttime     *int64 `json:"starttime"`
		BootID        string `json:"bootId"`
		PIDNamespace  string `json:"pidNamespace"`
		TimeNamespace string `json:"timeNamespace"`
	} `json:"self"`
	Files           map[string]string       `json:"files"`
	Links           map[string]string       `json:"links"`
	Signals         map[string]string       `json:"signals"`
	DescriptorLists map[string][]descriptor `json:"descriptors"`
	Errors          map[string]string       `json:"errors"`
	StartTimes      map[string]float64      `json:"startTimes"`
	Witnesses       map[string]witness      `json:"witnesses"`
}

type witness struct {
	Connect string `json:"connect"`
	Peer    int64  `json:"peer"`
}

type descriptor struct {
	Dev   string `json:"dev"`
	Ino   string `json:"ino"`
	Error string `json:"error"`
}

var errnos = map[string]error{
	"EACCES":       syscall.EACCES,
	"EPERM":        syscall.EPERM,
	"ENOENT":       syscall.ENOENT,
	"ESRCH":        syscall.ESRCH,
	"EIO":          syscall.EIO,
	"EAGAIN":       syscall.EAGAIN,
	"ECONNREFUSED": syscall.ECONNREFUSED,
}

func errno(name string) error {
	if known, ok := errnos[name]; ok {
		return known
	}
	return fmt.Errorf("errno %s", name)
}

// Platform implements evidence.System.
func (s *System) Platform() string { return s.PlatformName }

// Self implements evidence.System.
func (s *System) Self() evidence.Identity {
	return evidence.Identity{
		PID: s.Own.PID, Starttime: s.Own.Starttime, BootID: s.Own.BootID,
		PIDNamespace: s.Own.PIDNamespace, TimeNamespace: s.Own.TimeNamespace,
	}
}

// Now implements evidence.System.
func (s *System) Now() time.Time {
	now, err := time.Parse(time.RFC3339, s.Time)
	if err != nil {
		panic(err)
	}
	return now
}

// ReadFile implements evidence.System.
func (s *System) ReadFile(path string) ([]byte, error) {
	text, err := s.lookUp(path, s.Files)
	return []byte(text), err
}

// ReadLink implements evidence.System.
func (s *System) ReadLink(path string) (string, error) { return s.lookUp(path, s.Links) }

func (s *System) lookUp(path string, in map[string]string) (string, error) {
	if name, broken := s.Errors[path]; broken {
		return "", &fs.PathError{Op: "open", Path: path, Err: errno(name)}
	}
	text, there := in[path]
	if !there {
		return "", &fs.PathError{Op: "open", Path: path, Err: syscall.ENOENT}
	}
	return text, nil
}

// Processes implements evidence.System: those with a /proc/<pid>/stat, readable or not.
func (s *System) Processes() ([]int64, error) {
	if name, broken := s.Errors["/proc"]; broken {
		return nil, errno(name)
	}
	seen := map[int64]bool{}
	note := func(path string) {
		var pid int64
		if n, _ := fmt.Sscanf(path, "/proc/%d/stat", &pid); n == 1 && path == fmt.Sprintf("/proc/%d/stat", pid) {
			seen[pid] = true
		}
	}
	for path := range s.Files {
		note(path)
	}
	for path := range s.Errors {
		note(path)
	}
	var pids []int64
	for pid := range seen {
		pids = append(pids, pid)
	}
	sort.Slice(pids, func(i, j int) bool { return pids[i] < pids[j] })
	return pids, nil
}

// Descriptors implements evidence.System.
func (s *System) Descriptors(pid int64) ([]evidence.FileID, error) {
	names := []string{fmt.Sprintf("/proc/%d/fd", pid)}
	if pid == s.Own.PID {
		names = append(names, "/proc/self/fd")
	}
	for _, name := range names {
		if why, broken := s.Errors[name]; broken {
			return nil, errno(why)
		}
	}
	list, there := s.DescriptorLists[strconv.FormatInt(pid, 10)]
	if !there {
		return nil, syscall.ENOENT
	}
	var open []evidence.FileID
	var err error
	for _, each := range list {
		if each.Error != "" {
			err = errno(each.Error)
		} else {
			open = append(open, fileID(each.Dev, each.Ino))
		}
	}
	return open, err
}

// Signal implements evidence.System.
func (s *System) Signal(pid int64) error {
	switch answer := s.Signals[strconv.FormatInt(pid, 10)]; answer {
	case "ok":
		return nil
	case "":
		return syscall.ESRCH
	default:
		return errno(answer)
	}
}

// StartTime implements evidence.System.
func (s *System) StartTime(pid int64) (int64, error) {
	start, there := s.StartTimes[strconv.FormatInt(pid, 10)]
	if !there {
		return 0, syscall.ESRCH
	}
	return int64(start), nil
}

// Connect implements evidence.System.
func (s *System) Connect(path string) (int64, error) {
	found, there := s.Witnesses[filepath.Base(path)]
	switch {
	case !there:
		return 0, syscall.ENOENT
	case found.Connect != "ok":
		return 0, errno(found.Connect)
	}
	return found.Peer, nil
}
