package oauth

import (
	"context"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/limits"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// Option changes how a refresh is made.
type Option func(*settings)

type settings struct {
	timeout     time.Duration
	callTimeout time.Duration
	rejected    string
	resend      bool
	locks       []string
	intents     string
	lock        []sidecar.Option
	signals     bool
	fresh       func(Credential) bool
}

// WithTimeout bounds the wait for others, for all locks together: 150 s unless given, more than a refresh may take. Zero
// tries once. Who gives up waiting never refreshes. A deadline of the context bounds it as well.
func WithTimeout(d time.Duration) Option { return func(s *settings) { s.timeout = d } }

// WithCallTimeout bounds the refresh function: 120 s unless given. It is then told to stop, and given up 10 s later. What it
// returns after that is saved all the same; for 10 minutes that is tried again and again.
func WithCallTimeout(d time.Duration) Option { return func(s *settings) { s.callTimeout = d } }

// WithRejected says that the provider's services have rejected this access token: a credential that still has it is not
// fresh.
func WithRejected(access string) Option { return func(s *settings) { s.rejected = access } }

// ResendIfDead sends a token again of which nobody knows whether it has been consumed, if whoever sent it is conclusively
// dead, or has given up. Where the provider revokes the login for that, it is lost: use it where you know that the
// provider bears it, or where nobody can sign in again anyway.
func ResendIfDead() Option { return func(s *settings) { s.resend = true } }

// WithLocks names the targets of the locks to take instead of the store's, in their order, which all who refresh this
// login must keep to. The store's own must be among them.
func WithLocks(targets ...string) Option { return func(s *settings) { s.locks = targets } }

// WithIntents names the directory for intents; that of the store unless given. All who refresh this login must use the
// same.
func WithIntents(dir string) Option { return func(s *settings) { s.intents = dir } }

// WithLockOptions are options for the locks. WithTimeout and WithWatch of package sidecar are of no use here.
func WithLockOptions(options ...sidecar.Option) Option {
	return func(s *settings) { s.lock = append(s.lock, options...) }
}

// WithFresh replaces the test that says that nothing has to be done; see [IsFresh].
func WithFresh(test func(Credential) bool) Option { return func(s *settings) { s.fresh = test } }

// WithoutSignals does not hold TERM, INT and HUP while a token is under way. It is for a program with handlers of its
// own, which otherwise may see such a signal twice: at once, and when the flight has settled.
func WithoutSignals() Option { return func(s *settings) { s.signals = false } }

const longest = 365 * 24 * time.Hour

func apply(ctx context.Context, about string, refresh Func, options []Option) (settings, error) {
	s := settings{timeout: limits.RefreshTimeout, callTimeout: limits.CallTimeout, signals: true}
	for _, option := range options {
		if option == nil {
			return s, hook.InvalidOption(about, "an option is nil")
		}
		option(&s)
	}
	switch {
	case ctx == nil:
		return s, hook.InvalidOption(about, "the context is nil")
	case refresh == nil:
		return s, hook.InvalidOption(about, "the refresh function is nil")
	case s.timeout < 0 || s.timeout > longest || s.callTimeout <= 0 || s.callTimeout > longest:
		return s, hook.InvalidOption(about, "a timeout must be between 0 and 365 days, and one of a call more than 0")
	}
	if s.fresh == nil {
		s.fresh = func(c Credential) bool { return IsFresh(c, time.Now()) }
	}
	return s, hook.CheckOptions(about, append([]sidecar.Option{}, s.lock...))
}

// lockOptions are those of one lock.
func (s *settings) lockOptions(wait time.Duration, watch []string) []sidecar.Option {
	options := append([]sidecar.Option{sidecar.WithStale(sidecar.RefreshStale)}, s.lock...)
	return append(options, sidecar.WithTimeout(max(wait, 0)), sidecar.WithWatch(watch...))
}
