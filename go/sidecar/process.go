package sidecar

import (
	"errors"
	"syscall"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

func (o *observer) process(pid int64) evidence.Process { return processOf(o.sys, o.proc(), pid) }

// processOf is VERDICT-5. EPERM says that somebody is there; whether alive, only a readable status says.
func processOf(sys evidence.System, usable bool, pid int64) evidence.Process {
	unread := evidence.ProcessLive
	switch err := sys.Signal(pid); {
	case errors.Is(err, syscall.ESRCH):
		return evidence.ProcessGone
	case err != nil && !errors.Is(err, syscall.EPERM):
		return evidence.ProcessUnknown
	case err != nil:
		unread = evidence.ProcessUnknown
	}
	if !usable {
		return unread
	}
	found, err := readStatus(sys, pid)
	switch {
	case err != nil:
		return unread
	case found.tgid >= 0 && found.tgid != pid:
		return evidence.ProcessThread
	case found.zombie:
		return evidence.ProcessZombie
	}
	return evidence.ProcessLive
}

// recordedStart is the recorded start time if it counts (VERDICT-6), or nil.
func (o *observer) recordedStart() *int64 {
	start := o.content.Starttime
	elsewhen := o.content.Strings["timeNamespace"]
	if start == nil || elsewhen != "" && elsewhen != o.sys.Self().TimeNamespace {
		return nil
	}
	first, last := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), o.sys.Now().Add(24*time.Hour)
	plausible := false
	switch o.sys.Platform() {
	case "linux", "freebsd":
		uptime, known := o.uptime()
		plausible = !known || *start <= uptime
	case "win32":
		plausible = first.UnixMilli() <= *start && *start <= last.UnixMilli()
	case "darwin":
		plausible = first.Unix() <= *start && *start <= last.Unix()
	}
	if !plausible {
		return nil
	}
	return start
}

// uptime is the machine's, in the unit of start times that count from boot.
func (o *observer) uptime() (int64, bool) {
	if !o.proc() {
		return 0, false
	}
	return uptimeTicks(o.sys)
}

// actualStart is the start time of the process that has the pid now, or nil.
func (o *observer) actualStart(pid int64) *int64 {
	if o.found.Process != evidence.ProcessLive {
		return nil
	}
	return o.startOf(pid)
}

func (o *observer) startOf(pid int64) *int64 {
	read := o.sys.StartTime
	if o.sys.Platform() == "linux" {
		if !o.proc() {
			return nil
		}
		read = func(pid int64) (int64, error) { return readStart(o.sys, pid) }
	}
	start, err := read(pid)
	if err != nil {
		return nil
	}
	return &start
}

func (o *observer) start(recorded, actual *int64) evidence.Start {
	switch {
	case recorded == nil:
		return evidence.StartUnrecorded
	case actual == nil:
		return evidence.StartUnreadable
	case *recorded == *actual:
		return evidence.StartEqual
	}
	// What could not be held against the uptime may be in a wrong unit, which is nobody's death.
	if platform := o.sys.Platform(); platform == "linux" || platform == "freebsd" {
		if _, known := o.uptime(); !known {
			return evidence.StartUnreadable
		}
	}
	return evidence.StartDiffers
}

func (o *observer) descriptor(pid int64) evidence.Descriptor {
	open, err := isOpen(o.sys, pid, o.file.ID)
	switch {
	case open:
		return evidence.DescriptorOpen
	case err != nil:
		return evidence.DescriptorUnreadable
	}
	return evidence.DescriptorAbsent
}
