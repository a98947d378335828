package sidecar

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// sought is what a lock says of its holder.
type sought struct {
	pid int64
	// start is nil where none was recorded: then an open lock makes a match, and so do descriptors that we may not see.
	start *int64
	// namespace is the recorded PID namespace; empty without one.
	namespace string
	file      evidence.FileID
}

// searchNamespaces looks through all PID namespaces for a process that its own one knows by this pid (VERDICT-8). A match
// counts even if other processes cannot be read.
func searchNamespaces(sys evidence.System, holder sought) evidence.Search {
	if !isInitial(sys) || !procUsable(sys) {
		return evidence.SearchUnavailable
	}
	return searchProcesses(sys, func(each int64) (bool, error) { return holder.matches(sys, each) })
}

func searchProcesses(sys evidence.System, matches func(pid int64) (bool, error)) evidence.Search {
	pids, err := sys.Processes()
	result := evidence.SearchNobody
	if err != nil {
		result = evidence.SearchUnavailable
	}
	for _, each := range pids {
		match, err := matches(each)
		if match {
			return evidence.SearchFound
		}
		if err != nil && !hasVanished(err) {
			result = evidence.SearchUnavailable
		}
	}
	return result
}

// searchForNumber is that search for any process with this number in its own namespace.
func searchForNumber(sys evidence.System, pid int64) evidence.Search {
	return searchProcesses(sys, func(candidate int64) (bool, error) {
		found, err := readStatus(sys, candidate)
		if err == nil && found.innermost < 0 {
			err = fmt.Errorf("no NSpid of process %d", candidate)
		}
		return err == nil && found.innermost == pid && !found.zombie, err
	})
}

func (s sought) matches(sys evidence.System, candidate int64) (bool, error) {
	found, err := readStatus(sys, candidate)
	if err != nil {
		return false, err
	}
	if found.innermost < 0 {
		return false, fmt.Errorf("no NSpid of process %d", candidate)
	}
	if found.innermost != s.pid || found.zombie || s.isElsewhere(sys, candidate) {
		return false, nil
	}
	if s.start != nil {
		actual, err := readStart(sys, candidate)
		return err == nil && actual == *s.start, err
	}
	open, err := isOpen(sys, candidate, s.file)
	return open || err != nil && !hasVanished(err), nil
}

// isElsewhere: two containers that start in the same tick each have a pid 1 with the same start time. What cannot be read
// is believed.
func (s sought) isElsewhere(sys evidence.System, candidate int64) bool {
	if s.namespace == "" {
		return false
	}
	actual, err := sys.ReadLink(fmt.Sprintf("/proc/%d/ns/pid", candidate))
	return err == nil && actual != s.namespace
}

// findKernelLock looks for the file in /proc/locks (VERDICT-9). Waiters count: where one waits, another holds. The locks
// of other PID namespaces are not shown below the initial one.
func findKernelLock(sys evidence.System, file evidence.FileID) evidence.KernelLock {
	if !procUsable(sys) {
		return evidence.KernelLockUnknown
	}
	locks, err := sys.ReadFile("/proc/locks")
	if err != nil {
		return evidence.KernelLockUnknown
	}
	major, minor := device(file.Dev)
	name := fmt.Sprintf("%02x:%02x:%d", major, minor, file.Ino)
	for _, word := range strings.Fields(string(locks)) {
		if word == name {
			return evidence.KernelLockHeld
		}
	}
	if isInitial(sys) {
		return evidence.KernelLockNone
	}
	return evidence.KernelLockNoneHere
}

// exhausted are failures that say something of us, and nothing of the process that was looked at.
var exhausted = []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EIO}

// findAnyDescriptor looks for the file among the descriptors of all processes; those that we may not read are passed
// over.
func findAnyDescriptor(sys evidence.System, file evidence.FileID) evidence.AnyDescriptor {
	if !procUsable(sys) {
		return evidence.AnyDescriptorUnknown
	}
	pids, err := sys.Processes()
	if err != nil {
		return evidence.AnyDescriptorUnknown
	}
	whole := true
	for _, pid := range pids {
		open, err := isOpen(sys, pid, file)
		if open {
			return evidence.AnyDescriptorOpen
		}
		whole = whole && !isAny(err, exhausted)
	}
	if !whole {
		return evidence.AnyDescriptorUnknown
	}
	if isInitial(sys) {
		return evidence.AnyDescriptorNone
	}
	return evidence.AnyDescriptorNoneHere
}
