package main

import (
	"encoding/json"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/vector"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

func foreign(_ *driver, r request) (reply, error) {
	var asked struct{ Lock vector.Stranger }
	if err := json.Unmarshal(r.raw, &asked); err != nil {
		return nil, err
	}
	seen, err := asked.Lock.Seen()
	if err != nil {
		return nil, err
	}
	found := hook.Foreign(seen)
	return reply{
		"kind": found.Kind, "what": found.What, "remedy": found.Remedy, "removable": found.Removable, "pid": found.PID,
	}, nil
}

// kernelLocksIn reads a given /proc/locks.
func kernelLocksIn(_ *driver, r request) (reply, error) {
	var asked struct {
		Locks        string
		Major, Minor uint64
		Inode        string
	}
	if err := json.Unmarshal(r.raw, &asked); err != nil {
		return nil, err
	}
	lines := hook.KernelLocks(asked.Locks, asked.Major, asked.Minor, asked.Inode)
	return reply{"kernelLocks": vector.KernelLocks(lines)}, nil
}

func abandoned(_ *driver, r request) (reply, error) {
	var asked struct{ Evidence evidence.Abandonment }
	if err := json.Unmarshal(r.raw, &asked); err != nil {
		return nil, err
	}
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	return reply{"answer": hook.Abandoned(asked.Evidence, policy)}, nil
}

func kernelLocks(found []sidecar.KernelLock) []reply {
	told := make([]reply, len(found))
	for i, lock := range found {
		told[i] = reply{"on": lock.On, "type": lock.Type, "access": lock.Access, "pid": nil, "command": nil}
		if lock.PID != 0 {
			told[i]["pid"] = lock.PID
		}
		if lock.Command != "" {
			told[i]["command"] = lock.Command
		}
	}
	return told
}
