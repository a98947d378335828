package vector

import "github.com/openclaw/lock-helpers/go/internal/evidence"

// Foreign is one case of foreign.json: a lock to be named, a table of kernel locks, or evidence of abandonment.
type Foreign struct {
	Name     string                `json:"name"`
	Rule     string                `json:"rule"`
	Lock     *Stranger             `json:"lock"`
	Locks    *string               `json:"locks"`
	Major    uint64                `json:"major"`
	Minor    uint64                `json:"minor"`
	Inode    string                `json:"inode"`
	Evidence *evidence.Abandonment `json:"evidence"`
	StaleMs  float64               `json:"staleMs"`
	Trust    bool                  `json:"trustPids"`
	Expect   struct {
		Kind        string       `json:"kind"`
		PID         *int64       `json:"pid"`
		KernelLocks []KernelLock `json:"kernelLocks"`
		Answer      string       `json:"answer"`
	} `json:"expect"`
}

// KernelLock is one of them; PID is nil where it is unknown.
type KernelLock struct {
	Type   string `json:"type"`
	Access string `json:"access"`
	PID    *int64 `json:"pid"`
}

// KernelLocks are lines as vectors and replies have them.
func KernelLocks(lines []evidence.KernelLockLine) []KernelLock {
	found := make([]KernelLock, len(lines))
	for i, line := range lines {
		found[i] = KernelLock{Type: line.Type, Access: line.Access}
		if line.PID != 0 {
			found[i].PID = &line.PID
		}
	}
	return found
}

// Stranger is a foreign lock. Entries is nil where the directory could not be listed.
type Stranger struct {
	Kind        evidence.Object `json:"kind"`
	Directory   string          `json:"directory"`
	Entries     []string        `json:"entries"`
	KernelLocks []string        `json:"kernelLocks"`
	Content
}

// Seen is it as a reader has it, which reads no more than 65,536 bytes.
func (s Stranger) Seen() (evidence.Stranger, error) {
	raw, err := s.Raw()
	seen := evidence.Stranger{
		Object: s.Kind, Dir: s.Directory, Entries: len(s.Entries), Listed: s.Entries != nil, KernelLocks: s.KernelLocks,
		Oversized: len(raw) > 65536,
	}
	if !seen.Oversized {
		seen.Bytes = raw
	}
	return seen, err
}
