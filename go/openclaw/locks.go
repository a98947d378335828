package openclaw

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/openclaw/lock-helpers/go/internal/ecma"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/jsontext"
)

// RefreshLockTargets are the targets of the locks that a refresh of a profile holds, in their order. There are two: OpenClaw
// has changed the name, and releases of both kinds may run.
func RefreshLockTargets(stateDir, provider, profileID string) ([]string, error) {
	provider = ecma.Trim(provider)
	if provider == "" || strings.ContainsRune(provider, 'Σ') || !utf8.ValidString(provider+profileID) {
		return nil, hook.InvalidOption(stateDir, "the provider is blank, or it or the profile cannot be told in the same way by all")
	}
	provider = ecma.Lower(provider)
	sum := sha256.Sum256([]byte(provider + "\x00" + profileID))
	dir := refreshLockDir(stateDir)
	return []string{
		filepath.Join(dir, "sha256-"+hex.EncodeToString(sum[:])),
		filepath.Join(dir, "lock-"+lanes(provider, profileID)),
	}, nil
}

func refreshLockDir(stateDir string) string { return filepath.Join(stateDir, "locks", "oauth-refresh") }

// lanes are two FNV-1a hashes of 64 bits over JSON.stringify([provider, profileId]).
func lanes(provider, profileID string) string {
	const prime = 1099511628211
	left, right := uint64(14695981039346656037), uint64(11160318154034397263)
	text := "[" + string(jsontext.Quote(provider)) + "," + string(jsontext.Quote(profileID)) + "]"
	for _, each := range []byte(text) {
		left = (left ^ uint64(each)) * prime
		right = (right ^ (uint64(each) + 11400714819323198485)) * prime
	}
	return fmt.Sprintf("%016x%016x", left, right)
}
