package sidecar

import "github.com/openclaw/lock-helpers/go/internal/evidence"

type row struct {
	verdict    Verdict
	reason     string
	conclusive bool
	when       func(e evidence.Evidence, staleMs float64) bool
}

// judge is the table of spec/verdict.md: the first row that applies. It depends on its arguments alone (VERDICT-1).
func judge(e evidence.Evidence, staleMs float64) evidence.Answer {
	for _, row := range table {
		if row.when(e, staleMs) {
			return evidence.Answer{Verdict: string(row.verdict), Reason: row.reason, Conclusive: row.conclusive}
		}
	}
	panic("unreachable: the last row always applies")
}

const (
	conclusive   = true
	inconclusive = false
)

type facts = evidence.Evidence

var table = []row{
	{Foreign, "not-regular", inconclusive, func(e facts, _ float64) bool { return e.Object != evidence.Regular }},
	{Foreign, "oversized", inconclusive, func(e facts, _ float64) bool { return e.Content == evidence.Oversized }},
	{Foreign, "empty-kernel-locked", inconclusive, func(e facts, _ float64) bool {
		return e.Content == evidence.Empty && e.KernelLock == evidence.KernelLockHeld
	}},
	{BeingWritten, "empty-young", inconclusive, func(e facts, _ float64) bool {
		return e.Content == evidence.Empty && e.QuietMs < specBeingWrittenMs
	}},
	{Stale, "empty-abandoned", inconclusive, func(e facts, staleMs float64) bool {
		return e.Content == evidence.Empty && e.QuietMs >= staleMs &&
			e.KernelLock == evidence.KernelLockNone && e.AnyDescriptor == evidence.AnyDescriptorNone
	}},
	{Foreign, "empty", inconclusive, func(e facts, _ float64) bool { return e.Content == evidence.Empty }},
	{BeingWritten, "garbage-young", inconclusive, func(e facts, _ float64) bool {
		return e.Content == evidence.Garbage && e.QuietMs < specBeingWrittenMs
	}},
	{Foreign, "garbage", inconclusive, func(e facts, _ float64) bool { return e.Content == evidence.Garbage }},
	{Foreign, "no-owner", inconclusive, func(e facts, _ float64) bool {
		return e.PID == nil && e.CreatedAt == evidence.CreatedAbsent
	}},
	{Stale, "ownerless-expired", inconclusive, func(e facts, staleMs float64) bool {
		expired := e.CreatedAt == evidence.CreatedUnparsable ||
			e.CreatedAt == evidence.CreatedPast && e.CreatedAtAgeMs >= staleMs
		return e.PID == nil && expired && e.QuietMs >= staleMs
	}},
	{Unknown, "ownerless-young", inconclusive, func(e facts, _ float64) bool { return e.PID == nil }},
	{Held, "descriptor-open", conclusive, func(e facts, _ float64) bool {
		return e.Descriptor == evidence.DescriptorOpen
	}},
	{Held, "start-time-equal", conclusive, func(e facts, _ float64) bool {
		return e.Domain != evidence.DomainDifferent && isLive(e) && e.Start == evidence.StartEqual
	}},
	{Stale, "process-gone", conclusive, func(e facts, _ float64) bool {
		return isSame(e) && e.Process == evidence.ProcessGone
	}},
	{Stale, "process-zombie", conclusive, func(e facts, _ float64) bool {
		return isSame(e) && e.Process == evidence.ProcessZombie
	}},
	{Stale, "pid-is-a-thread", conclusive, func(e facts, _ float64) bool {
		return isSame(e) && e.Process == evidence.ProcessThread
	}},
	{Stale, "start-time-differs", conclusive, func(e facts, _ float64) bool {
		return isSame(e) && isLive(e) && e.Start == evidence.StartDiffers
	}},
	{Held, foundElsewhere, conclusive, func(e facts, _ float64) bool {
		return !isSame(e) && e.Search == evidence.SearchFound
	}},
	{Stale, "looks-dead", conclusive, func(e facts, _ float64) bool {
		return looksDead(e) && !e.Namespaces && e.Domain == evidence.DomainUnknown
	}},
	{Stale, "nobody-in-any-namespace", conclusive, func(e facts, _ float64) bool {
		return (looksDead(e) || e.Domain == evidence.DomainDifferent) &&
			e.Search == evidence.SearchNobody && e.Boot == evidence.BootEqual
	}},
	{Stale, "nobody-in-any-namespace", inconclusive, func(e facts, _ float64) bool {
		return looksDead(e) && e.Domain == evidence.DomainUnknown && e.Search == evidence.SearchNobody
	}},
	{Unknown, "other-domain", inconclusive, func(e facts, _ float64) bool { return e.Domain == evidence.DomainDifferent }},
	{Unknown, "looks-dead-unproven", inconclusive, func(e facts, _ float64) bool { return looksDead(e) }},
	{Stale, "descriptor-absent", inconclusive, func(e facts, staleMs float64) bool {
		return isNameless(e) && e.Descriptor == evidence.DescriptorAbsent && e.QuietMs >= staleMs
	}},
	{Unknown, "identity-young", inconclusive, func(e facts, _ float64) bool {
		return isNameless(e) && e.Descriptor == evidence.DescriptorAbsent
	}},
	{Unknown, "identity-unknown", inconclusive, func(e facts, _ float64) bool { return isNameless(e) }},
	{Unknown, "start-time-unreadable", inconclusive, func(e facts, _ float64) bool { return isLive(e) }},
	{Unknown, "process-unknown", inconclusive, func(facts, float64) bool { return true }},
}

func isSame(e facts) bool { return e.Domain == evidence.DomainSame }
func isLive(e facts) bool { return e.Process == evidence.ProcessLive }

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
