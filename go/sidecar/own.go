package sidecar

import "errors"

// publishLock publishes the lock itself.
func (a *acquisition) publishLock(at steps) (*publication, error) {
	return a.publishOwn(a.paths.lock, lockForm, at, func(payload lockPayload) any {
		payload.HeartbeatMs = beatOf(a.stale).Milliseconds()
		payload.Purpose = a.purpose
		return payload
	})
}

// publishAid publishes a guard or a marker.
func (a *acquisition) publishAid(path string) (*publication, error) {
	return a.publishOwn(path, lockForm, silently, func(payload lockPayload) any { return payload })
}

// publishOwn publishes a payload of ours. It names our witness, which therefore is there before.
func (a *acquisition) publishOwn(path string, as form, at steps, say func(lockPayload) any) (*publication, error) {
	return a.withPayload(say, func(token string, raw []byte) (*publication, error) {
		return publish(path, a.paths.dir, token, raw, as, at)
	})
}

// withPayload has a payload of ours put in its place.
func (a *acquisition) withPayload(
	say func(lockPayload) any, put func(token string, raw []byte) (*publication, error),
) (*publication, error) {
	payload := newPayload(newToken(), a.dev)
	mine, err := a.takeWitness()
	if err != nil {
		return nil, err
	}
	if mine != nil {
		payload.Witness = mine.name
	}
	raw, err := serialise(say(payload))
	var own *publication
	if err == nil {
		own, err = put(payload.Token, raw)
	}
	if err != nil {
		witnesses.drop(mine)
		return nil, err
	}
	own.witness = mine
	return own, nil
}

// takeWitness is nil where there is to be none, or where none can be made and the policy does without.
func (a *acquisition) takeWitness() (*witness, error) {
	if !a.wantsWitness() {
		return nil, nil
	}
	mine, err := witnesses.take(a.paths.dir)
	if err != nil && a.witness == WitnessAlways {
		return nil, a.witnessError(err)
	}
	return mine, nil
}

func (c *call) witnessError(err error) error {
	err = c.systemError(err, c.lockPath)
	var ours *Error
	if errors.As(err, &ours) {
		ours.Hint = "keep the file where a socket can be made beside it, or do without (WithWitness)"
	}
	return err
}
