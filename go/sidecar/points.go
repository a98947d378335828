package sidecar

import (
	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/hook"
)

// point marks a place between two steps (spec/points.md), where the conformance suite stops or kills a process.
func point(name string) {
	if reached := hook.Point.Load(); reached != nil {
		(*reached)(name)
	}
}

func init() {
	hook.Judge = judge
	hook.Observe = func(sys evidence.System, file evidence.File, quietMs, silentMs float64, p policy) evidence.Evidence {
		return observe(sys, sight{
			file:     file,
			quietMs:  func() float64 { return quietMs },
			silentMs: func() float64 { return silentMs },
			policy:   p,
		})
	}
	hook.Classify = classify
	hook.Token = func(lock any) string { return lock.(*Lock).held.token }
	hook.Witness = func(lock any) string { return lock.(*Lock).held.witnessName() }
	hook.Platform = platformName
}
