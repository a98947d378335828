package sidecar

import (
	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/filestate"
	"github.com/openclaw/lock-helpers/go/internal/text"
)

// mayRemove says whether what is in the way may be removed, under the guard.
func (a *acquisition) mayRemove(f *finding) bool {
	return f.verdict() == Stale || f.verdict() == Foreign && a.removesForeign() && f.abandonment(a.sys) == isAbandoned
}

func (a *acquisition) removesForeign() bool { return a.removeForeign && a.reclaim }

// isRemovable: waiting may make it abandoned.
func (f *finding) isRemovable() bool {
	entry, _ := f.named(nil)
	return entry.removable
}

// abandonment gathers the evidence of FOREIGN-6, the expensive part only where the rest does not decide.
func (f *finding) abandonment(sys evidence.System) string {
	// Noted at every look, since silence is counted from look to look.
	found := evidence.Abandonment{
		Object: f.Object, SilentMs: milliseconds(f.silent()), QuietMs: milliseconds(f.quiet()),
		KernelLock: evidence.KernelLockNone, AnyDescriptor: evidence.AnyDescriptorNone, Owner: evidence.OwnerUnrecorded,
		Removable: f.isRemovable(),
	}
	if answer := abandoned(found, f.policy); answer != isAbandoned {
		return answer
	}
	if !f.steady {
		return recent
	}
	return f.memory.abandonment(func() string {
		entry, pid := f.named(findKernelLocks(sys, watchedFile{onLock, f.ID}))
		found.Removable = entry.removable
		if f.Object == evidence.Regular {
			found.KernelLock, found.AnyDescriptor = findKernelLock(sys, f.ID), findAnyDescriptor(sys, f.ID)
		}
		found.Owner = ownerOfForeign(sys, pid, f.policy)
		return abandoned(found, f.policy)
	})
}

// ownerOfForeign is what became of the process that a foreign lock names. In the initial namespace it may be that of a
// container, by its number there.
func ownerOfForeign(sys evidence.System, pid *int64, p policy) evidence.Owner {
	if pid == nil {
		return evidence.OwnerUnrecorded
	}
	usable := procUsable(sys)
	switch processOf(sys, usable, *pid) {
	case evidence.ProcessLive:
		return evidence.OwnerLives
	case evidence.ProcessUnknown:
		return evidence.OwnerUnknown
	}
	if isInitial(sys) && usable {
		switch searchForNumber(sys, *pid) {
		case evidence.SearchFound:
			return evidence.OwnerLives
		case evidence.SearchNobody:
			return evidence.OwnerNobody
		}
	}
	if p.TrustPIDs {
		return evidence.OwnerNobody
	}
	return evidence.OwnerUnknown
}

// isSameObject is stricter than what a lock of this contract needs, whose token makes it unlike all others: what is not of
// this contract may be the same by its bytes, and another's.
func (s *snapshot) isSameObject(other *snapshot) bool {
	return s.same(other) && filestate.Of(s.info) == filestate.Of(other.info)
}

// removeObject removes a lock of whatever type. A directory that is not empty stays, and is looked at again.
func removeObject(found *snapshot, path string) error {
	if found.Object != evidence.Directory {
		return unlinkIfThere(path)
	}
	err := removeDirectory(path)
	if isAny(err, notAnEmptyDirectory) {
		return errTaken
	}
	return err
}

// denial says why what was asked to be removed was not.
func (a *acquisition) denial(f *finding) string {
	if !a.removeForeign {
		return ""
	}
	if !a.reclaim {
		return "removing is forbidden (WithoutReclaim)"
	}
	switch f.abandonment(a.sys) {
	case notRemovable:
		return "a thing of this kind is never removed"
	case recent:
		return "it has changed within the last " + text.Seconds(a.stale) + ", or was not watched for 2 s"
	case ownerLives:
		return "its maker's process lives"
	case inUse:
		return "a process has it open or locked"
	case cannotSee:
		return "who uses it cannot be seen from here; in a container that shares the directory with nobody, set " +
			trustPIDsVariable + "=1 (WithTrustPIDs)"
	}
	return "it was in use until just now: try again"
}
