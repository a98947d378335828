package sidecar

import "github.com/openclaw/lock-helpers/go/internal/evidence"

type row struct {
	verdict    Verdict
	reason     string
	conclusive bool
	when       func(e evidence.Evidence, p evidence.Policy) bool
}

// judge is the table of spec/verdict.md: the first row that applies. It depends on its arguments alone (VERDICT-1).
func judge(e evidence.Evidence, p evidence.Policy) evidence.Answer {
	for _, row := range table {
		if row.when(e, p) {
			return evidence.Answer{Verdict: string(row.verdict), Reason: row.reason, Conclusive: row.conclusive}
		}
	}
	panic("unreachable: the last row always applies")
}

const (
	conclusive   = true
	inconclusive = false
)

// The reasons that messages have more to say about.
const (
	foundElsewhere    = "found-in-namespace"
	witnessAnswers    = "witness-answers"
	otherDomain       = "other-domain"
	looksDeadUnproven = "looks-dead-unproven"
	noSignOfLife      = "no-sign-of-life"
)

type (
	facts  = evidence.Evidence
	policy = evidence.Policy
)

var table = []row{
	{Foreign, "not-regular", inconclusive, func(e facts, _ policy) bool { return e.Object != evidence.Regular }},
	{Foreign, "oversized", inconclusive, func(e facts, _ policy) bool { return e.Content == evidence.Oversized }},
	{Foreign, "empty-kernel-locked", inconclusive, func(e facts, _ policy) bool {
		return e.Content == evidence.Empty && e.KernelLock == evidence.KernelLockHeld
	}},
	{BeingWritten, "empty-young", inconclusive, func(e facts, _ policy) bool {
		return e.Content == evidence.Empty && e.QuietMs < specBeingWrittenMs
	}},
	{Stale, "empty-abandoned", inconclusive, func(e facts, p policy) bool {
		return e.Content == evidence.Empty && e.QuietMs >= p.StaleMs && isUnlocked(e, p) && isUnopened(e, p)
	}},
	{Foreign, "empty", inconclusive, func(e facts, _ policy) bool { return e.Content == evidence.Empty }},
	{BeingWritten, "garbage-young", inconclusive, func(e facts, _ policy) bool {
		return e.Content == evidence.Garbage && e.QuietMs < specBeingWrittenMs
	}},
	{Foreign, "garbage", inconclusive, func(e facts, _ policy) bool { return e.Content == evidence.Garbage }},
	{Foreign, "no-owner", inconclusive, func(e facts, _ policy) bool {
		return e.PID == nil && e.CreatedAt == evidence.CreatedAbsent
	}},
	{Stale, "ownerless-expired", inconclusive, func(e facts, p policy) bool {
		expired := e.CreatedAt == evidence.CreatedUnparsable ||
			e.CreatedAt == evidence.CreatedPast && e.CreatedAtAgeMs >= p.StaleMs
		return e.PID == nil && expired && e.QuietMs >= p.StaleMs
	}},
	{Unknown, "ownerless-young", inconclusive, func(e facts, _ policy) bool { return e.PID == nil }},
	{Held, "descriptor-open", conclusive, func(e facts, _ policy) bool {
		return e.Descriptor == evidence.DescriptorOpen
	}},
	{Held, "start-time-equal", conclusive, func(e facts, _ policy) bool { return isItself(e) }},
	{Stale, "process-gone", conclusive, func(e facts, _ policy) bool {
		return isSame(e) && e.Process == evidence.ProcessGone
	}},
	{Stale, "process-zombie", conclusive, func(e facts, _ policy) bool {
		return isSame(e) && e.Process == evidence.ProcessZombie
	}},
	{Stale, "pid-is-a-thread", conclusive, func(e facts, _ policy) bool {
		return isSame(e) && e.Process == evidence.ProcessThread
	}},
	{Stale, "start-time-differs", conclusive, func(e facts, _ policy) bool {
		return isSame(e) && isLive(e) && e.Start == evidence.StartDiffers
	}},
	{Held, foundElsewhere, conclusive, func(e facts, _ policy) bool {
		return !isSame(e) && e.Search == evidence.SearchFound
	}},
	{Held, witnessAnswers, conclusive, func(e facts, _ policy) bool { return e.Witness == evidence.WitnessAnswers }},
	{Stale, "witness-refused", conclusive, func(e facts, _ policy) bool {
		return e.Witness == evidence.WitnessRefused && e.Boot == evidence.BootEqual && e.Mount == evidence.MountEqual
	}},
	{Stale, "witness-inherited", conclusive, func(e facts, _ policy) bool {
		return e.Witness == evidence.WitnessInherited
	}},
	{Stale, "looks-dead", conclusive, func(e facts, _ policy) bool { return isUnplaced(e) && !e.Namespaces }},
	{Stale, "nobody-in-any-namespace", conclusive, func(e facts, _ policy) bool {
		return isStranger(e) && e.Search == evidence.SearchNobody && e.Boot == evidence.BootEqual
	}},
	{Stale, "nobody-in-any-namespace", inconclusive, func(e facts, _ policy) bool {
		return isUnplaced(e) && e.Search == evidence.SearchNobody
	}},
	{Stale, "pids-trusted", conclusive, func(e facts, p policy) bool { return isStranger(e) && p.TrustPIDs }},
	{Stale, noSignOfLife, inconclusive, func(e facts, p policy) bool { return isDoubtful(e) && isSilent(e, p) }},
	{Unknown, otherDomain, inconclusive, func(e facts, _ policy) bool { return e.Domain == evidence.DomainDifferent }},
	{Unknown, looksDeadUnproven, inconclusive, func(e facts, _ policy) bool { return looksDead(e) }},
	{Stale, "descriptor-absent", inconclusive, func(e facts, p policy) bool {
		return isNameless(e) && e.Descriptor == evidence.DescriptorAbsent && e.QuietMs >= p.StaleMs
	}},
	{Unknown, "identity-young", inconclusive, func(e facts, _ policy) bool {
		return isNameless(e) && e.Descriptor == evidence.DescriptorAbsent
	}},
	{Unknown, "identity-unknown", inconclusive, func(e facts, _ policy) bool { return isNameless(e) }},
	{Unknown, "start-time-unreadable", inconclusive, func(e facts, _ policy) bool { return isLive(e) }},
	{Unknown, "process-unknown", inconclusive, func(facts, policy) bool { return true }},
}
