package openclaw

import (
	"regexp"
	"strings"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/ecma"
	"github.com/openclaw/lock-helpers/go/oauth"
)

// Fence says whether OpenClaw (2026.9.5 on) has put something else in the place of a credential's tokens, while it
// refreshes.
type Fence string

// The fences. A pending one may be of a refresh that was killed.
const (
	NoFence      Fence = ""
	FencePending Fence = "pending"
	FenceFailed  Fence = "failed"
)

const fencePrefix = "openclaw-oauth-refresh-fence:v1:"

var failedFence = regexp.MustCompile(`^openclaw-oauth-refresh-fence:v1:[0-9a-f]{32}:failed:(access|refresh):[0-9a-f]{64}$`)

// FenceOf is the fence that a credential has. It is never sent to anybody, never used, never overwritten.
func FenceOf(c oauth.Credential) Fence {
	found := NoFence
	for _, key := range []string{"access", "refresh"} {
		value := c.Text(key)
		if !strings.HasPrefix(value, fencePrefix) {
			continue
		}
		if failed := failedFence.FindStringSubmatch(value); failed == nil || failed[1] != key {
			return FencePending
		}
		found = FenceFailed
	}
	return found
}

// IsUsable says whether OpenClaw would use a credential as it is: an OAuth login without a fence, whose access token
// expires in more than 300 s.
func IsUsable(c oauth.Credential, now time.Time) bool {
	return isOAuth(c) && FenceOf(c) == NoFence && oauth.IsFresh(c, now)
}

func isOAuth(c oauth.Credential) bool { return c.Text("type") == "oauth" }

// MayAdopt says whether the main agent's credential does for an agent that has a local one.
func MayAdopt(local, main oauth.Credential, now time.Time) bool {
	if !isOAuth(local) || !isOAuth(main) || !IsUsable(main, now) || !oauth.SameAccount(local, main) {
		return false
	}
	mine, has := local.ExpiresMs()
	theirs, _ := main.ExpiresMs()
	return !has || theirs > mine
}

// Owner says in whose store a credential is refreshed.
type Owner string

// The owners.
const (
	NoOwner    Owner = "none"
	OwnerMain  Owner = "main"
	OwnerAgent Owner = "agent"
)

// OwnerOf says to whom a login belongs of which both stores may have a copy (STATE-8): who refreshes the other's copy burns
// the token for both.
func OwnerOf(main, agent oauth.Credential) Owner {
	switch {
	case !agent.Exists() && !main.Exists():
		return NoOwner
	case !agent.Exists():
		return OwnerMain
	case !main.Exists() || !isOAuth(main) || !isOAuth(agent) || !oauth.SameAccount(agent, main):
		return OwnerAgent
	}
	mine, has := agent.ExpiresMs()
	theirs, have := main.ExpiresMs()
	switch {
	case have && (!has || theirs >= mine):
		return OwnerMain
	case !have && !has && sameTokens(agent, main) && !ecma.IsBlank(agent.RefreshToken()):
		return OwnerMain
	}
	return OwnerAgent
}

func sameTokens(a, b oauth.Credential) bool {
	return a.RefreshToken() == b.RefreshToken() && a.Access() == b.Access()
}
