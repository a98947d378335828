package sidecar

import (
	"context"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/hook"
)

// point marks a place between two steps (spec/points.md), where the conformance suite stops or kills a process.
func point(name string) { hook.Reach(name) }

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
	hook.Foreign = func(seen evidence.Stranger) evidence.Named {
		e, pid := named(seen)
		return evidence.Named{Kind: e.kind, What: e.what, Remedy: e.remedy, Removable: e.removable, PID: pid}
	}
	hook.KernelLocks = kernelLocksOf
	hook.Abandoned = abandoned
	hook.Token = func(lock any) string { return lock.(*Lock).held.token }
	hook.Witness = func(lock any) string { return lock.(*Lock).held.witnessName() }
	hook.Platform = platformName
	hook.CheckOptions = func(target string, options any) error {
		if _, fault := apply(options.([]Option)); fault != "" {
			return hook.InvalidOption(target, fault)
		}
		return nil
	}
	hook.Carry = func(parent context.Context, lock any) context.Context { return lock.(*Lock).carriedBy(parent) }
	hook.GiveBack = func(lock any) error { return lock.(*Lock).giveBack() }
	hook.Look = func(lock any) (bool, error) { return lock.(*Lock).verify() }
	hook.CheckTarget = func(target string) error {
		if fault := targetFault(target); fault != "" {
			return hook.InvalidOption(target, fault)
		}
		return nil
	}
	hook.OpenIntent = openIntent
	hook.LockPath = func(target string) (string, error) {
		c := call{target: target, lockPath: target + ".lock"}
		if fault := targetFault(target); fault != "" {
			return "", c.invalidError(fault)
		}
		found, err := resolvePaths(target, false)
		if err != nil {
			return "", c.systemError(err, target)
		}
		return found.lock, nil
	}
	hook.InvalidOption = func(target, fault string) error {
		c := call{target: target, lockPath: target + ".lock"}
		return c.invalidError(fault)
	}
}
