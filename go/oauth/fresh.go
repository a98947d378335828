package oauth

import (
	"time"

	"github.com/openclaw/lock-helpers/go/internal/ecma"
	"github.com/openclaw/lock-helpers/go/internal/limits"
)

// IsFresh is the default test: an access token that is not blank, and expires in more than 300 s (REFRESH-2).
func IsFresh(c Credential, now time.Time) bool {
	expires, is := c.ExpiresMs()
	margin := float64(limits.FreshMargin / time.Millisecond)
	return is && expires > 0 && expires-float64(now.UnixMilli()) > margin && !ecma.IsBlank(c.Access())
}

// freshness says of a credential whether there is anything left to do.
type freshness struct {
	// first is what this call has read first; the zero one before it has.
	first Credential
	// rejected is an access token of which the caller knows that it is no good.
	rejected string
	test     func(Credential) bool
}

func (f *freshness) of(c Credential) bool {
	if !c.Exists() || f.rejected != "" && c.Access() == f.rejected {
		return false
	}
	return f.test(c) || f.hasChanged(c)
}

// hasChanged: somebody has refreshed it meanwhile. Without that, tokens that live for less than the margin would be
// refreshed by every waiter in turn.
func (f *freshness) hasChanged(c Credential) bool {
	expires, is := c.ExpiresMs()
	if !f.first.Exists() || !is || ecma.IsBlank(c.Access()) {
		return false
	}
	before, had := f.first.ExpiresMs()
	if had && expires <= before {
		return false
	}
	first, err := generationOf(f.first)
	return err == nil && !sameGeneration(c, first)
}
