package sidecar

import (
	"os"
	"regexp"
	"strings"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

var (
	bootID        = regexp.MustCompile(`^[0-9a-f-]{1,64}$`)
	pidNamespace  = regexp.MustCompile(`^pid:\[[0-9]{1,20}\]$`)
	timeNamespace = regexp.MustCompile(`^time:\[[0-9]{1,20}\]$`)
)

// readIdentity goes through /proc/self, never /proc/<pid>: where /proc shows another PID namespace, our number belongs
// to somebody else (PAYLOAD-4).
func readIdentity() (found evidence.Identity, failed error) {
	note := func(err error) {
		if isAny(err, exhausted) {
			failed = err
		}
	}
	stat, err := os.ReadFile("/proc/self/stat")
	note(err)
	if ticks, ok := startTicks(stat); ok {
		found.Starttime = &ticks
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	note(err)
	found.BootID = matching(bootID, strings.TrimSpace(string(boot)))
	pid, err := os.Readlink("/proc/self/ns/pid")
	note(err)
	found.PIDNamespace = matching(pidNamespace, pid)
	time, err := os.Readlink("/proc/self/ns/time")
	note(err)
	found.TimeNamespace = matching(timeNamespace, time)
	return found, failed
}

func matching(pattern *regexp.Regexp, value string) string {
	if pattern.MatchString(value) {
		return value
	}
	return ""
}

// startTimeOf is never asked here: /proc tells.
func startTimeOf(int64) (int64, error) { return 0, os.ErrNotExist }
