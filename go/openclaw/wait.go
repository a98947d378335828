package openclaw

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/filestate"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/limits"
	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// WaitOption changes how [WaitForFreshCredential] waits.
type WaitOption func(*waiting)

// WithTimeout bounds the wait: 130 s unless given.
func WithTimeout(d time.Duration) WaitOption { return func(w *waiting) { w.timeout = d } }

// WithRejected says that this access token is known to be rejected.
func WithRejected(access string) WaitOption { return func(w *waiting) { w.rejected = access } }

type waiting struct {
	*place
	timeout  time.Duration
	rejected string

	looks
	// busy: somebody was seen to be refreshing.
	busy   bool
	holder *sidecar.Holder
}

// looks says when a look is due: at first, when a file has changed since the last one, and every second.
type looks struct {
	at   time.Time
	seen []filestate.State
}

func (l *looks) due(paths []string) bool {
	now := make([]filestate.State, len(paths))
	for i, path := range paths {
		now[i] = filestate.At(path)
	}
	if !l.at.IsZero() && time.Since(l.at) < time.Second && slices.Equal(now, l.seen) {
		return false
	}
	l.at, l.seen = time.Now(), now
	return true
}

const pause = 25 * time.Millisecond

// WaitForFreshCredential waits, without any lock, until OpenClaw or another program has a usable credential in the store
// (STATE-9). When the time is over it is oauth.ErrContention if somebody was seen to be refreshing, else
// oauth.ErrUnavailable. With a SQLite store it is store.ErrUnsupported at once.
func WaitForFreshCredential(ctx context.Context, p Profile, options ...WaitOption) (oauth.Credential, error) {
	at, err := p.resolve()
	if err != nil {
		return oauth.Credential{}, err
	}
	w := &waiting{place: at, timeout: limits.WaitForFresh}
	for _, option := range options {
		if option == nil {
			return oauth.Credential{}, hook.InvalidOption(at.state, "an option is nil")
		}
		option(w)
	}
	if ctx == nil || w.timeout < 0 || w.timeout > 365*24*time.Hour {
		return oauth.Credential{}, hook.InvalidOption(at.state, "the context is nil, or the timeout not between 0 and 365 days")
	}
	return w.wait(ctx)
}

func (w *waiting) wait(ctx context.Context) (oauth.Credential, error) {
	paths := w.watched()
	for deadline := time.Now().Add(w.timeout); ; {
		if ctx.Err() != nil {
			return oauth.Credential{}, fmt.Errorf("wait cancelled: %w", context.Cause(ctx))
		}
		last := !time.Now().Before(deadline)
		if w.due(paths) || last {
			found, is, err := w.look()
			if err != nil || is {
				return found, err
			}
		}
		if last {
			return oauth.Credential{}, w.ended()
		}
		sleep(ctx, min(pause, time.Until(deadline)))
	}
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// look answers a usable credential, or why none will come.
func (w *waiting) look() (oauth.Credential, bool, error) {
	w.seeLocks()
	found, err := w.read()
	if err != nil {
		// What is being written may be whole in a moment; what Go cannot read never will.
		if isUnsupported(err) {
			return oauth.Credential{}, false, err
		}
		return oauth.Credential{}, false, nil
	}
	if usable, is := found.usable(w.rejected, time.Now()); is {
		return usable, true, nil
	}
	own := found.of(found.owner()).credential
	switch FenceOf(own) {
	case FenceFailed:
		return oauth.Credential{}, false, w.check(own)
	case FencePending:
		w.busy = true
		if sinceFenced(own) >= limits.FenceTimeout {
			return oauth.Credential{}, false, abandonedFence()
		}
	}
	return oauth.Credential{}, false, nil
}

func (w *waiting) seeLocks() {
	for _, target := range w.locks {
		if state, err := sidecar.Inspect(target); err == nil && state.Verdict == sidecar.Held {
			w.busy, w.holder = true, state.Holder
		}
	}
}

func (w *waiting) ended() error {
	if w.busy {
		var holder any
		if w.holder != nil {
			holder = w.holder
		}
		return hook.RefreshError(string(oauth.ErrContention), "somebody refreshes this login, and has not finished in time",
			"wait longer (WithTimeout), or see what OpenClaw is doing; the login is not affected", holder, nil)
	}
	return hook.RefreshError(string(oauth.ErrUnavailable), "nobody is refreshing this login",
		"use the profile in OpenClaw, which refreshes it, or "+signIn, nil, nil)
}

func abandonedFence() error {
	return contention("OpenClaw's refresh of this login was probably killed", signIn)
}

// fences are when this process has first seen a pending fence: nothing in it says when it was made.
var fences = struct {
	sync.Mutex
	since map[[sha256.Size]byte]time.Time
}{since: map[[sha256.Size]byte]time.Time{}}

func sinceFenced(c oauth.Credential) time.Duration {
	name := sha256.Sum256([]byte(c.Access() + "\x00" + c.RefreshToken()))
	fences.Lock()
	defer fences.Unlock()
	first, known := fences.since[name]
	if !known {
		if len(fences.since) >= 1000 {
			clear(fences.since)
		}
		first = time.Now()
		fences.since[name] = first
	}
	return time.Since(first)
}

// waitOutFence waits for the end of a pending fence.
func (p *place) waitOutFence(ctx context.Context, deadline time.Time) error {
	var due looks
	for {
		if due.due(p.watched()) {
			found, err := p.read()
			if err != nil {
				return err
			}
			own := found.of(found.owner()).credential
			if FenceOf(own) != FencePending {
				return nil
			}
			if sinceFenced(own) >= limits.FenceTimeout {
				return abandonedFence()
			}
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait cancelled: %w", context.Cause(ctx))
		}
		if !time.Now().Before(deadline) {
			return contention("OpenClaw is refreshing this login, or was killed when it did", "wait longer (WithTimeout), or "+signIn)
		}
		sleep(ctx, pause)
	}
}
