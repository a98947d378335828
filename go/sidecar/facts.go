package sidecar

import "github.com/openclaw/lock-helpers/go/internal/evidence"

func isSame(e facts) bool { return e.Domain == evidence.DomainSame }
func isLive(e facts) bool { return e.Process == evidence.ProcessLive }

// isItself: the process that is recorded lives. Two containers started in the same tick have a pid 1 with the same start
// time, and each would take the other's lock for its own; therefore not in another domain.
func isItself(e facts) bool {
	return e.Domain != evidence.DomainDifferent && isLive(e) && e.Start == evidence.StartEqual
}

// isNameless: the pid lives, but nothing says whether it is the same process.
func isNameless(e facts) bool { return isLive(e) && e.Start == evidence.StartUnrecorded }

func looksDead(e facts) bool {
	switch e.Process {
	case evidence.ProcessGone, evidence.ProcessZombie, evidence.ProcessThread:
		return true
	case evidence.ProcessLive:
		return e.Start == evidence.StartDiffers
	}
	return false
}

// isUnplaced: it looks dead, if its pid is of our PID namespace, which nothing says.
func isUnplaced(e facts) bool { return looksDead(e) && e.Domain == evidence.DomainUnknown }

// isStranger: as far as our own PID namespace goes, it is dead.
func isStranger(e facts) bool { return looksDead(e) || e.Domain == evidence.DomainDifferent }

// isDoubtful: only its silence can tell. Not so of a holder in another PID namespace of the same boot: one that was
// stopped is silent too.
func isDoubtful(e facts) bool {
	return e.Boot == evidence.BootDiffers || e.Witness == evidence.WitnessRefused || isUnplaced(e)
}

func isSilent(e facts, p policy) bool {
	promised := 0.0
	if e.HeartbeatMs != nil {
		promised = float64(*e.HeartbeatMs) * specHeartbeatsMissed
	}
	return e.SilentMs > 0 && e.SilentMs >= p.StaleMs && e.SilentMs >= promised
}

func isUnlocked(e facts, p policy) bool {
	return e.KernelLock == evidence.KernelLockNone || p.TrustPIDs && e.KernelLock == evidence.KernelLockNoneHere
}

func isUnopened(e facts, p policy) bool {
	return e.AnyDescriptor == evidence.AnyDescriptorNone || p.TrustPIDs && e.AnyDescriptor == evidence.AnyDescriptorNoneHere
}
