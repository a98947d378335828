package sidecar

import (
	"errors"
	"sync"
	"syscall"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// observer gathers the evidence about one file, once. What an earlier row of the table has made needless it does not
// look at; what it cannot know it leaves as in [evidence.Nothing], which counts for nobody's death (VERDICT-2).
type observer struct {
	sys     evidence.System
	file    evidence.File
	quietMs func() float64
	staleMs float64
	memory  *memory
	proc    func() bool
	content evidence.Classified
	found   evidence.Evidence
}

func observe(sys evidence.System, file evidence.File, quietMs func() float64, staleMs float64, m *memory) evidence.Evidence {
	o := observer{sys: sys, file: file, quietMs: quietMs, staleMs: staleMs, memory: m, found: evidence.Nothing()}
	o.proc = sync.OnceValue(func() bool { return procUsable(sys) })
	o.found.Object = file.Object
	o.found.Namespaces = sys.Platform() == "linux"
	if file.Object == evidence.Regular {
		o.regular()
	}
	return o.found
}

func (o *observer) regular() {
	o.content = evidence.Classified{Content: evidence.Oversized}
	if !o.file.Oversized {
		o.content = classify(o.file.Bytes)
	}
	o.found.Content = o.content.Content
	switch o.content.Content {
	case evidence.Empty:
		o.empty()
	case evidence.Garbage:
		o.found.QuietMs = o.quietMs()
	case evidence.JSON:
		o.found.PID = o.content.PID
		o.found.CreatedAt, o.found.CreatedAtAgeMs = o.created()
		if o.content.PID == nil {
			o.found.QuietMs = o.quietMs()
		} else {
			o.owned(*o.content.PID)
		}
	}
}

func (o *observer) empty() {
	o.found.KernelLock = findKernelLock(o.sys, o.file.ID)
	if o.found.KernelLock == evidence.KernelLockHeld {
		return
	}
	o.found.QuietMs = o.quietMs()
	if o.found.KernelLock == evidence.KernelLockNone && o.found.QuietMs >= max(o.staleMs, specBeingWrittenMs) {
		o.found.AnyDescriptor = findAnyDescriptor(o.sys, o.file.ID)
	}
}

func (o *observer) created() (evidence.Created, float64) {
	if o.content.CreatedAt != evidence.CreatedPast {
		return o.content.CreatedAt, 0
	}
	ageMs := o.sys.Now().UnixMilli() - o.content.CreatedAtMs
	if ageMs < 0 {
		return evidence.CreatedFuture, float64(ageMs)
	}
	return evidence.CreatedPast, float64(ageMs)
}

func (o *observer) owned(pid int64) {
	o.found.Domain = o.domain()
	o.found.Boot = o.boot()
	o.found.Process = o.process(pid)
	recorded := o.recordedStart()
	actual := o.actualStart(pid)
	o.found.Start = o.start(recorded, actual)
	if o.found.Process == evidence.ProcessLive && o.proc() {
		o.found.Descriptor = o.memory.descriptor(pid, actual, func() evidence.Descriptor { return o.descriptor(pid) })
	}
	different := o.found.Domain == evidence.DomainDifferent
	switch {
	case o.found.Descriptor == evidence.DescriptorOpen:
		return
	case isLive(o.found) && o.found.Start == evidence.StartEqual && !different:
		return
	case different || o.found.Domain == evidence.DomainUnknown:
		o.found.Search = o.memory.search(func() evidence.Search {
			return searchNamespaces(o.sys, pid, recorded, o.file.ID)
		})
	}
	if isNameless(o.found) && o.found.Descriptor == evidence.DescriptorAbsent {
		o.found.QuietMs = o.quietMs()
	}
}

// domain is VERDICT-4. A value recorded there and unknown here is a difference: that errs towards held.
func (o *observer) domain() evidence.Domain {
	own := o.sys.Self()
	ours := [...]string{o.sys.Platform(), own.BootID, own.PIDNamespace, own.TimeNamespace}
	same := true
	for i, key := range domainKeys {
		recorded := o.content.Strings[key]
		if recorded != "" && recorded != ours[i] {
			return evidence.DomainDifferent
		}
		same = same && recorded == ours[i]
	}
	// Without /proc both sides record nothing, in whatever namespaces they are: that is not the same domain.
	if !same || o.sys.Platform() == "linux" && (own.BootID == "" || own.PIDNamespace == "") {
		return evidence.DomainUnknown
	}
	return evidence.DomainSame
}

func (o *observer) boot() evidence.Boot {
	recorded, ours := o.content.Strings["bootId"], o.sys.Self().BootID
	switch {
	case recorded == "" || ours == "":
		return evidence.BootUnknown
	case recorded == ours:
		return evidence.BootEqual
	}
	return evidence.BootDiffers
}

// process is VERDICT-5. EPERM says that somebody is there; whether alive, only a readable status says.
func (o *observer) process(pid int64) evidence.Process {
	unread := evidence.ProcessLive
	switch err := o.sys.Signal(pid); {
	case errors.Is(err, syscall.ESRCH):
		return evidence.ProcessGone
	case err != nil && !errors.Is(err, syscall.EPERM):
		return evidence.ProcessUnknown
	case err != nil:
		unread = evidence.ProcessUnknown
	}
	if !o.proc() {
		return unread
	}
	found, err := readStatus(o.sys, pid)
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
