package sidecar

import (
	"sync"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// sight is a file as one look has it, with what is asked for only where it matters.
type sight struct {
	file     evidence.File
	quietMs  func() float64
	silentMs func() float64
	policy   evidence.Policy
	memory   *memory
}

// observer gathers the evidence about one file, once. What an earlier row of the table has made needless it does not
// look at; what it cannot know it leaves as in [evidence.Nothing], which counts for nobody's death (VERDICT-2).
type observer struct {
	sight
	sys     evidence.System
	proc    func() bool
	content evidence.Classified
	found   evidence.Evidence
}

func observe(sys evidence.System, seen sight) evidence.Evidence {
	o := observer{sight: seen, sys: sys, found: evidence.Nothing()}
	o.proc = sync.OnceValue(func() bool { return procUsable(sys) })
	o.found.Object = o.file.Object
	o.found.Namespaces = sys.Platform() == "linux"
	if o.file.Object == evidence.Regular {
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
	if isUnlocked(o.found, o.policy) && o.found.QuietMs >= max(o.policy.StaleMs, specBeingWrittenMs) {
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
	o.found.HeartbeatMs = o.content.HeartbeatMs
	o.found.Domain, o.found.Boot, o.found.Mount = o.domain(), o.boot(), o.mount()
	o.found.Process = o.process(pid)
	recorded := o.recordedStart()
	actual := o.actualStart(pid)
	o.found.Start = o.start(recorded, actual)
	if o.found.Process == evidence.ProcessLive && o.proc() {
		o.found.Descriptor = o.memory.descriptor(pid, actual, func() evidence.Descriptor { return o.descriptor(pid) })
	}
	if o.isDecided() {
		return
	}
	if !isSame(o.found) {
		o.found.Search = o.memory.search(func() evidence.Search {
			return searchNamespaces(o.sys, sought{pid, recorded, o.content.Strings["pidNamespace"], o.file.ID})
		})
	}
	if o.found.Search == evidence.SearchFound {
		return
	}
	o.found.Witness = o.witness(recorded)
	if isNameless(o.found) && o.found.Descriptor == evidence.DescriptorAbsent {
		o.found.QuietMs = o.quietMs()
	}
	if isDoubtful(o.found) {
		o.found.SilentMs = o.silentMs()
	}
}

// isDecided: one of the rows that need neither a search nor a witness applies.
func (o *observer) isDecided() bool {
	return o.found.Descriptor == evidence.DescriptorOpen || isItself(o.found) || isSame(o.found) && looksDead(o.found)
}
