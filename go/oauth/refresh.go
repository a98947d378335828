package oauth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/ecma"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// run is one call.
type run struct {
	settings
	freshness
	ctx     context.Context
	login   Login
	refresh Func

	started, deadline time.Time
	waited            bool
	// begunAgain: after a rejection another generation was there.
	begunAgain bool
}

// errAgain says that something has changed, and that it begins again at the locks.
var errAgain = errors.New("begin again")

// Refresh answers a fresh credential of a login: the one that is there, the one that somebody else comes by meanwhile, or
// one that it gets by calling refresh, once, under the locks (spec/refresh.md). Each refresh token is sent at most once,
// by whatever process, whichever of them are killed.
//
// Once a token is under way, neither a cancelled ctx nor a signal ends the request or the saving of its result: Refresh
// returns when that has settled.
func Refresh(ctx context.Context, login Login, refresh Func, options ...Option) (*Result, error) {
	about := "refresh"
	if len(login.Locks) > 0 {
		about = login.Locks[0]
	}
	s, err := apply(ctx, about, refresh, options)
	if err != nil {
		return nil, err
	}
	if len(login.Locks) == 0 || login.Intents == "" || login.Read == nil {
		return nil, hook.InvalidOption(about, "a login needs Locks, Intents and Read")
	}
	if len(login.Watch) == 0 {
		login.Watch = login.Locks
	}
	r := &run{settings: s, ctx: ctx, login: login, refresh: refresh, started: time.Now()}
	r.freshness = freshness{rejected: s.rejected, test: s.fresh}
	r.deadline = r.started.Add(s.timeout)
	return r.all()
}

func (r *run) all() (*Result, error) {
	if r.ctx.Err() != nil {
		return nil, r.cancelled()
	}
	kept, err := r.login.Read()
	if err != nil {
		return nil, err
	}
	hook.Reach("refresh:read")
	if found, is := r.find(kept.Credential); is {
		return &Result{Fresh, found}, nil
	}
	if err := r.check(kept.Credential); err != nil {
		return nil, err
	}
	if r.login.BeforeLocks != nil {
		if err := r.login.BeforeLocks(); err != nil {
			return nil, err
		}
	}
	r.first = kept.Credential
	for {
		result, err := r.underLocks()
		if err != errAgain {
			return result, err
		}
		if time.Now().After(r.deadline) {
			return nil, r.contention("others were faster", nil, "", nil)
		}
	}
}

// find is a credential with which there is nothing left to do.
func (r *run) find(now Credential) (Credential, bool) {
	if r.of(now) && (r.login.Check == nil || r.login.Check(now) == nil) {
		return now, true
	}
	if r.login.Adopt != nil {
		if other, is := r.login.Adopt(now); is && r.of(other) {
			return other, true
		}
	}
	return Credential{}, false
}

// tryAdopt looks without a lock. What cannot be read is nothing to adopt, for now: it counts under the locks.
func (r *run) tryAdopt() (Credential, bool, error) {
	kept, err := r.login.Read()
	if err != nil {
		return Credential{}, false, nil
	}
	found, is := r.find(kept.Credential)
	return found, is, nil
}

func (r *run) check(now Credential) error {
	if r.login.Check != nil && now.Exists() {
		if err := r.login.Check(now); err != nil {
			return err
		}
	}
	if !now.Exists() {
		return unavailable("there is no such login")
	}
	if ecma.IsBlank(now.RefreshToken()) {
		return unavailable("the login has no refresh token")
	}
	if _, err := generationOf(now); err != nil {
		return unavailable(err.Error())
	}
	return nil
}

// underLocks is one try: take the locks, read again, look for the intent, and make the request or find out why not.
func (r *run) underLocks() (*Result, error) {
	locks, adopted, err := r.acquire()
	if err != nil {
		return nil, err
	}
	if adopted.Exists() {
		return &Result{Adopted, adopted}, nil
	}
	owned := locks
	defer func() { owned.release() }()
	hook.Reach("refresh:locked")
	kept, err := r.login.Read()
	if err != nil {
		return nil, err
	}
	if found, is := r.find(kept.Credential); is {
		return &Result{Adopted, found}, nil
	}
	if err := r.check(kept.Credential); err != nil {
		return nil, err
	}
	generation, err := generationOf(kept.Credential)
	if err != nil {
		return nil, unavailable(err.Error())
	}
	place, err := hook.OpenIntent(r.login.Intents, generation, append([]sidecar.Option{}, r.lock...))
	if err != nil {
		return nil, err
	}
	seen := place.Look()
	if seen.There {
		if err := r.judge(place, seen); err == errUnderWay {
			locks.release()
			owned = nil
			return r.waitFor(place, seen)
		} else if err != nil {
			return nil, err
		}
	}
	f := &flight{run: r, locks: locks, kept: kept, generation: generation, place: place}
	owned = nil // The flight's, which may outlive this call.
	return f.all(seen)
}

const signInOrResend = `sign in again, or, where the provider bears a second request with one token, resend "if-dead" (ResendIfDead)`

var errUnderWay = errors.New("somebody refreshes")

// judge says whether the request may be made over an intent that is there (REFRESH-5).
func (r *run) judge(place hook.IntentFile, seen hook.IntentState) error {
	switch {
	case !seen.Readable:
		e := failure(ErrOutcomeUnknown, "the record of an earlier refresh "+seen.Fault, "see what is there; if no program refreshes this login, sign in again")
		e.Intent = place.Path()
		return e
	case r.resend && (seen.Dead || seen.State == "unknown"):
		return nil
	case seen.State == "sent" && !seen.Dead:
		return errUnderWay
	case seen.State == "rejected":
		e := failure(ErrRejected, "the provider has rejected this login ("+reasonOf(seen.Reason)+")", "sign in again")
		e.Intent, e.Reason = place.Path(), reasonOf(seen.Reason)
		return e
	}
	holder, _ := seen.Holder.(*sidecar.Holder)
	what := fmt.Sprintf("pid %d sent this token %.0f s ago, and nobody knows the answer", pidOf(holder), seen.Age.Seconds())
	e := failure(ErrOutcomeUnknown, what, signInOrResend)
	e.Intent, e.Holder = place.Path(), holder
	return e
}

func pidOf(holder *sidecar.Holder) int {
	if holder == nil {
		return 0
	}
	return holder.PID
}
