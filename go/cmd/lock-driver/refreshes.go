package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/oauth"
)

func credential(raw json.RawMessage) (oauth.Credential, error) {
	if raw == nil {
		raw = json.RawMessage("null")
	}
	return oauth.ParseCredential(raw)
}

func generation(_ *driver, r request) (reply, error) {
	asked, err := credential(r.raw) // The request has the two members.
	if err != nil {
		return nil, err
	}
	found, err := hook.Generation(asked)
	return reply{"generation": found}, err
}

func fresh(_ *driver, r request) (reply, error) {
	first, err := credential(r.First)
	if err != nil {
		return nil, err
	}
	asked, err := credential(r.Credential)
	if err != nil {
		return nil, err
	}
	return reply{"fresh": hook.Fresh(first, asked, r.Rejected, r.now())}, nil
}

func (r request) now() time.Time { return time.UnixMilli(int64(r.Now)) }

func merge(_ *driver, r request) (reply, error) {
	stored, err := credential(r.Stored)
	if err != nil {
		return nil, err
	}
	answer, err := oauth.ParseAnswer(r.Answer)
	if err != nil {
		answer = oauth.Answer{} // No answer at all.
	}
	merged, err := hook.Merge(stored, answer, time.UnixMilli(int64(r.RequestedAt)))
	return reply{"credential": merged}, err
}

func refresh(d *driver, r request) (reply, error) {
	options, err := r.refreshOptions()
	if err != nil {
		return nil, err
	}
	var locks []string
	if err := r.lockTargets(&locks); err != nil {
		return nil, err
	}
	if len(locks) > 0 {
		options = append(options, oauth.WithLocks(locks...))
	}
	if r.Intents != "" {
		options = append(options, oauth.WithIntents(r.Intents))
	}
	got, err := oauth.RefreshStored(r.ctx, r.Store, r.At, oauth.Endpoint(r.URL, r.ClientID, nil), options...)
	return d.refreshed(got, err)
}

func (r request) lockTargets(into *[]string) error {
	if r.Locks == nil {
		return nil
	}
	return json.Unmarshal(r.Locks, into)
}

func (r request) refreshOptions() ([]oauth.Option, error) {
	wait := r.Options["timeoutMs"]
	delete(r.Options, "timeoutMs")
	lock, err := r.options()
	if err != nil {
		return nil, err
	}
	options := []oauth.Option{oauth.WithLockOptions(lock...)}
	for _, each := range []struct {
		given json.RawMessage
		as    func(time.Duration) oauth.Option
	}{{wait, oauth.WithTimeout}, {r.CallTimeout, oauth.WithCallTimeout}} {
		if each.given == nil || string(each.given) == "null" {
			continue
		}
		ms, err := number(each.given)
		if err != nil {
			return nil, err
		}
		options = append(options, each.as(duration(ms)))
	}
	if r.Rejected != "" {
		options = append(options, oauth.WithRejected(r.Rejected))
	}
	if r.Resend == "if-dead" {
		options = append(options, oauth.ResendIfDead())
	}
	return options, nil
}

func (d *driver) refreshed(got *oauth.Result, err error) (reply, error) {
	if err != nil {
		return nil, d.handedBack(err)
	}
	answer := reply{"how": got.How, "access": got.Credential.Access(), "expires": nil}
	if ms, is := got.Credential.ExpiresMs(); is {
		answer["expires"] = ms
	}
	return answer, nil
}

// unsaved is a refusal that hands a credential back, under a handle.
type unsaved struct {
	failed *oauth.Error
	handle string
}

func (u *unsaved) Error() string { return u.failed.Error() }
func (u *unsaved) Unwrap() error { return u.failed }

func (d *driver) handedBack(err error) error {
	failed, is := err.(*oauth.Error)
	if !is || !failed.Credential().Exists() {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	handle := "unsaved-" + strconv.Itoa(len(d.unsaved)+1)
	d.unsaved[handle] = failed
	return &unsaved{failed, handle}
}

func retrySave(d *driver, r request) (reply, error) {
	d.mu.Lock()
	found := d.unsaved[r.Handle]
	d.mu.Unlock()
	if found == nil {
		return nil, fmt.Errorf("no such handle: %s", r.Handle)
	}
	got, err := found.RetrySave(r.ctx)
	if err != nil {
		return nil, d.handedBack(err)
	}
	return reply{"how": got.How}, nil
}

func refreshDetails(e *oauth.Error, err error) reply {
	found := reply{"message": e.Error(), "hint": e.Hint, "waitedMs": milliseconds(e.Waited), "printed": printed(e)}
	if e.Intent != "" {
		found["intent"] = e.Intent
	}
	if e.Holder != nil {
		found["holder"] = holder(e.Holder)
	}
	if back, is := err.(*unsaved); is {
		found["handle"] = back.handle
	}
	return withErrno(found, e)
}
