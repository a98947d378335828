package oauth

import (
	"errors"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
)

func init() {
	hook.Generation = func(credential any) (string, error) {
		found, err := generationOf(credential.(Credential))
		if err != nil {
			return "", unavailable(err.Error())
		}
		return found, nil
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
