package oauth

import (
	"errors"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/limits"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

func init() {
	hook.Generation = func(credential any) (string, error) {
		found, err := generationOf(credential.(Credential))
		if err != nil {
			return "", unavailable(err.Error())
		}
		return found, nil
	}
	hook.Members = func(credential any) map[string]any { return credential.(Credential).members() }
	hook.RefreshTimeout = func(options any) time.Duration {
		s := settings{timeout: limits.RefreshTimeout}
		for _, option := range options.([]Option) {
			if option != nil {
				option(&s)
			}
		}
		return s.timeout
	}
	hook.RefreshError = func(code, what, hint string, holder any, cause error) error {
		e := failure(Code(code), what, hint)
		e.Holder, _ = holder.(*sidecar.Holder)
		e.Err = cause
		return e
	}
	hook.Fresh = func(first, credential any, rejected string, now time.Time) bool {
		test := func(c Credential) bool { return IsFresh(c, now) }
		f := freshness{first: first.(Credential), rejected: rejected, test: test}
		return f.of(credential.(Credential))
	}
	hook.Merge = func(stored, answer any, requested time.Time) (map[string]any, error) {
		changes, err := merge(stored.(Credential), answer.(Answer), requested)
		switch {
		case errors.Is(err, errOtherAccount):
			return nil, failure(ErrIdentity, err.Error(), "sign in with the right one")
		case err != nil:
			return nil, failure(ErrOutcomeUnknown, err.Error(), "sign in again")
		}
		return stored.(Credential).with(changes).members(), nil
	}
}
