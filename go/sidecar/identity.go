package sidecar

import (
	"bytes"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// platformName is Node's name of this platform, as every implementation records it.
func platformName() string {
	switch runtime.GOOS {
	case "windows":
		return "win32"
	case "solaris", "illumos":
		return "sunos"
	}
	return runtime.GOOS
}

var identity struct {
	sync.Mutex
	known *evidence.Identity
}

// self is who we are.
func self() evidence.Identity {
	found, _ := readSelf()
	return found
}

// readSelf reads it once: nothing of it changes while a Go process lives, and acquire must not read /proc. What could not
// be read for want of descriptors or memory is an error, and read again the next time: a lock that says less than it could
// would be judged by less.
func readSelf() (evidence.Identity, error) {
	identity.Lock()
	defer identity.Unlock()
	if identity.known != nil {
		return *identity.known, nil
	}
	found, err := readIdentity()
	found.PID = int64(os.Getpid())
	if host, err := os.Hostname(); err == nil && hostName.MatchString(host) {
		found.Host = host
	}
	if err == nil {
		identity.known = &found
	}
	return found, err
}

// What people may read, and the schema allows.
var hostName = regexp.MustCompile(`^[^\pC]{1,255}$`)

// newPayload tells who we are, in a publication of its own (PAYLOAD-1).
func newPayload(token, dev string) lockPayload {
	own := self()
	return lockPayload{
		Pid:           own.PID,
		CreatedAt:     formatMoment(time.Now()),
		Starttime:     own.Starttime,
		Protocol:      specProtocolVersion,
		Token:         token,
		Platform:      platformName(),
		BootId:        own.BootID,
		PidNamespace:  own.PIDNamespace,
		TimeNamespace: own.TimeNamespace,
		Dev:           dev,
		Host:          own.Host,
		Helper:        "go/" + Version,
	}
}

// startTicks is field 22 of /proc/PID/stat: clock ticks since boot. A command name may hold blanks and brackets, so
// fields are counted after the last ")".
func startTicks(stat []byte) (int64, bool) {
	_, after, found := bytes.Cut(stat[max(0, bytes.LastIndexByte(stat, ')')):], []byte(")"))
	fields := strings.Fields(string(after))
	if !found || len(fields) < 20 {
		return 0, false
	}
	ticks, err := strconv.ParseInt(fields[19], 10, 64)
	return ticks, err == nil && ticks >= 0
}
