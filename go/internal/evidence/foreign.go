package evidence

// Stranger is what lies at a lock's path and is no lock of the contract (FOREIGN-1).
type Stranger struct {
	Object Object
	// Dir is the resolved directory that it is in.
	Dir string
	// Entries is how many a directory has, if it could be Listed.
	Entries int
	Listed  bool
	// Bytes are those of a regular file, unless it is Oversized.
	Bytes     []byte
	Oversized bool
	// KernelLocks are the types of those on it.
	KernelLocks []string
}

// Named is what the detector makes of it.
type Named struct {
	Kind, What, Remedy string
	Removable          bool
	PID                *int64
}

// KernelLockLine is a lock that /proc/locks shows; PID is zero where it is unknown.
type KernelLockLine struct {
	Type, Access string
	PID          int64
}

// Owner is what is known of the process that a foreign lock names.
type Owner string

// The values of Owner.
const (
	OwnerUnrecorded Owner = "unrecorded"
	OwnerLives      Owner = "lives"
	OwnerNobody     Owner = "nobody"
	OwnerUnknown    Owner = "unknown"
)

// Abandonment is the evidence of FOREIGN-6.
type Abandonment struct {
	Removable     bool          `json:"removable"`
	Object        Object        `json:"object"`
	QuietMs       float64       `json:"quietMs"`
	SilentMs      float64       `json:"silentMs"`
	KernelLock    KernelLock    `json:"kernelLock"`
	AnyDescriptor AnyDescriptor `json:"anyDescriptor"`
	Owner         Owner         `json:"owner"`
}
