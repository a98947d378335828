package sidecar

import "github.com/openclaw/lock-helpers/go/internal/evidence"

// The answers of FOREIGN-6.
const (
	notRemovable = "not-removable"
	recent       = "recent"
	ownerLives   = "owner-lives"
	inUse        = "in-use"
	cannotSee    = "cannot-see"
	isAbandoned  = "abandoned"
)

// abandoned is the table of FOREIGN-6, pure: may this foreign lock be removed, by whoever asks for that?
func abandoned(e evidence.Abandonment, p policy) string {
	regular := e.Object == evidence.Regular
	seen := facts{KernelLock: e.KernelLock, AnyDescriptor: e.AnyDescriptor}
	switch {
	case !e.Removable:
		return notRemovable
	case e.QuietMs < p.StaleMs || !isSilent(facts{SilentMs: e.SilentMs}, p):
		return recent
	case e.Owner == evidence.OwnerLives:
		return ownerLives
	case regular && (e.KernelLock == evidence.KernelLockHeld || e.AnyDescriptor == evidence.AnyDescriptorOpen):
		return inUse
	case regular && !(isUnlocked(seen, p) && isUnopened(seen, p)):
		return cannotSee
	case e.Owner == evidence.OwnerUnknown:
		return cannotSee
	}
	return isAbandoned
}
