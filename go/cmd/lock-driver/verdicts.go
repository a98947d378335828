package main

import (
	"encoding/base64"
	"encoding/json"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/vector"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

func judge(_ *driver, r request) (reply, error) {
	found, err := given(r.raw)
	if err != nil {
		return nil, err
	}
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	return answer(hook.Judge(found, policy)), nil
}

// given is the evidence of a request. What it leaves out is as if it could not be gathered; a time that JSON cannot write
// comes as text.
func given(raw []byte) (evidence.Evidence, error) {
	var asked struct{ Evidence map[string]json.RawMessage }
	if err := json.Unmarshal(raw, &asked); err != nil {
		return evidence.Evidence{}, err
	}
	found := evidence.Nothing()
	for key, into := range map[string]*float64{
		"quietMs": &found.QuietMs, "silentMs": &found.SilentMs, "createdAtAgeMs": &found.CreatedAtAgeMs,
	} {
		value, given := asked.Evidence[key]
		if !given || string(value) == "null" {
			continue
		}
		ms, err := number(value)
		if err != nil {
			return found, err
		}
		*into = ms
		delete(asked.Evidence, key)
	}
	rest, err := json.Marshal(asked.Evidence)
	if err != nil {
		return found, err
	}
	return found, json.Unmarshal(rest, &found)
}

func observe(_ *driver, r request) (reply, error) {
	var asked struct {
		Lock   vector.Lock
		System vector.System
	}
	if err := json.Unmarshal(r.raw, &asked); err != nil {
		return nil, err
	}
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	file, err := asked.Lock.File()
	if err != nil {
		return nil, err
	}
	found := hook.Observe(&asked.System, file, asked.Lock.QuietMs, asked.Lock.SilentMs, policy)
	reply := answer(hook.Judge(found, policy))
	reply["evidence"] = found
	return reply, nil
}

func answer(a evidence.Answer) reply {
	return reply{"verdict": a.Verdict, "reason": a.Reason, "conclusive": a.Conclusive}
}

func classify(_ *driver, r request) (reply, error) {
	raw, err := base64.StdEncoding.DecodeString(r.Bytes)
	if err != nil {
		return nil, err
	}
	found := hook.Classify(raw)
	if found.Content != evidence.JSON {
		return reply{"content": found.Content}, nil
	}
	var created any = found.CreatedAt
	if found.CreatedAt == evidence.CreatedPast {
		created = found.CreatedAtMs
	}
	return reply{
		"content": found.Content, "pid": found.PID, "starttime": found.Starttime, "createdAt": created, "strings": found.Strings,
		"heartbeatMs": found.HeartbeatMs,
	}, nil
}

func inspect(_ *driver, r request) (reply, error) {
	state, err := sidecar.Inspect(r.Target)
	if err != nil {
		return nil, err
	}
	found := reply{"lockPath": state.LockPath, "verdict": state.Verdict, "conclusive": state.Conclusive, "reason": nil, "holder": nil}
	if state.Holder != nil {
		found["reason"], found["holder"] = state.Reason, holder(state.Holder)
	}
	if state.Kind != "" {
		found["kind"] = state.Kind
	}
	found["kernelLocks"] = kernelLocks(state.KernelLocks)
	return reply{"state": found}, nil
}
