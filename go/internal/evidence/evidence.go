// Package evidence holds the words in which the state of a lock is told: what observation has gathered, and what the
// verdict table makes of it (spec/verdict.md). It has no behaviour, so that the helper, its tests and its driver share it.
package evidence

// Object is what lstat finds at a path.
type Object string

// Content is what a regular file holds.
type Content string

// Created is what is known of the recorded moment of publication.
type Created string

// Domain says whether a recorded pid means the same process here.
type Domain string

// Boot compares the recorded boot with ours.
type Boot string

// Process is what became of the process with the recorded pid.
type Process string

// Start compares the recorded start time with that of the process.
type Start string

// Descriptor says whether that process has the lock open.
type Descriptor string

// Search is the result of looking through all PID namespaces.
type Search string

// Mount compares the recorded device of the lock's directory with what it is to us.
type Mount string

// Witness is what became of the socket that the holder listens on.
type Witness string

// KernelLock says whether the kernel knows a lock on the file.
type KernelLock string

// AnyDescriptor says whether anybody has the file open.
type AnyDescriptor string

// The values of each kind of evidence.
const (
	Regular   Object = "regular"
	Directory Object = "directory"
	Symlink   Object = "symlink"
	FIFO      Object = "fifo"
	Socket    Object = "socket"
	Device    Object = "device"

	Empty     Content = "empty"
	Oversized Content = "oversized"
	Garbage   Content = "garbage"
	JSON      Content = "json"

	CreatedAbsent     Created = "absent"
	CreatedUnparsable Created = "unparsable"
	CreatedPast       Created = "past"
	CreatedFuture     Created = "future"

	DomainSame      Domain = "same"
	DomainDifferent Domain = "different"
	DomainUnknown   Domain = "unknown"

	BootEqual   Boot = "equal"
	BootDiffers Boot = "differs"
	BootUnknown Boot = "unknown"

	MountEqual   Mount = "equal"
	MountDiffers Mount = "differs"
	MountUnknown Mount = "unknown"

	ProcessGone    Process = "gone"
	ProcessZombie  Process = "zombie"
	ProcessThread  Process = "thread"
	ProcessLive    Process = "live"
	ProcessUnknown Process = "unknown"

	StartEqual      Start = "equal"
	StartDiffers    Start = "differs"
	StartUnrecorded Start = "unrecorded"
	StartUnreadable Start = "unreadable"

	DescriptorOpen       Descriptor = "open"
	DescriptorAbsent     Descriptor = "absent"
	DescriptorUnreadable Descriptor = "unreadable"

	SearchFound       Search = "found"
	SearchNobody      Search = "nobody"
	SearchUnavailable Search = "unavailable"

	WitnessAnswers   Witness = "answers"
	WitnessInherited Witness = "inherited"
	WitnessRefused   Witness = "refused"
	WitnessUnknown   Witness = "unknown"

	KernelLockHeld     KernelLock = "held"
	KernelLockNone     KernelLock = "none"
	KernelLockNoneHere KernelLock = "none-here"
	KernelLockUnknown  KernelLock = "unknown"

	AnyDescriptorOpen     AnyDescriptor = "open"
	AnyDescriptorNone     AnyDescriptor = "none"
	AnyDescriptorNoneHere AnyDescriptor = "none-here"
	AnyDescriptorUnknown  AnyDescriptor = "unknown"
)

// Evidence is all that the table asks for. Take it from [Nothing], whose members count for nobody's death; the zero
// value would say that the platform has no PID namespaces.
type Evidence struct {
	Object         Object        `json:"object"`
	Content        Content       `json:"content,omitempty"`
	QuietMs        float64       `json:"quietMs"`
	SilentMs       float64       `json:"silentMs"`
	HeartbeatMs    *int64        `json:"heartbeatMs"`
	PID            *int64        `json:"pid"`
	CreatedAt      Created       `json:"createdAt"`
	CreatedAtAgeMs float64       `json:"createdAtAgeMs"`
	Domain         Domain        `json:"domain"`
	Boot           Boot          `json:"boot"`
	Mount          Mount         `json:"mount"`
	Process        Process       `json:"process"`
	Start          Start         `json:"start"`
	Descriptor     Descriptor    `json:"descriptor"`
	Search         Search        `json:"search"`
	Witness        Witness       `json:"witness"`
	KernelLock     KernelLock    `json:"kernelLock"`
	AnyDescriptor  AnyDescriptor `json:"anyDescriptor"`
	Namespaces     bool          `json:"namespaces"`
}

// Nothing is the evidence before anything has been gathered.
func Nothing() Evidence {
	return Evidence{
		Object:        Regular,
		CreatedAt:     CreatedAbsent,
		Domain:        DomainUnknown,
		Boot:          BootUnknown,
		Mount:         MountUnknown,
		Process:       ProcessUnknown,
		Start:         StartUnreadable,
		Descriptor:    DescriptorUnreadable,
		Search:        SearchUnavailable,
		Witness:       WitnessUnknown,
		KernelLock:    KernelLockUnknown,
		AnyDescriptor: AnyDescriptorUnknown,
		Namespaces:    true,
	}
}

// Policy is what the caller lets the table presume (VERDICT-13).
type Policy struct {
	// StaleMs is the age that age-dependent rows ask for.
	StaleMs float64
	// TrustPIDs is the caller's word that nobody outside this PID namespace uses the directory.
	TrustPIDs bool
}

// Answer is what the table says.
type Answer struct {
	Verdict    string `json:"verdict"`
	Reason     string `json:"reason"`
	Conclusive bool   `json:"conclusive"`
}
