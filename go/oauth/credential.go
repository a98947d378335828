package oauth

import (
	"encoding/json"
	"maps"
	"math"

	"github.com/openclaw/lock-helpers/go/internal/ecma"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/jsontext"
)

// The latest moment that ECMAScript knows, in epoch ms.
const latestMs = 8_640_000_000_000_000

// Credential is what a store has for one login, or what [Answer] a token endpoint gave made of it. It holds its values in
// a function: nothing that prints, logs or serialises it, or what it is in, shows them.
type Credential struct{ reveal func() map[string]any }

// ParseCredential reads a JSON object with the members access, refresh and expires (epoch ms), and others. What is no
// object is no credential.
func ParseCredential(raw []byte) (Credential, error) {
	value, err := jsontext.Decode(raw)
	if err != nil {
		return Credential{}, hook.InvalidOption("credential", "it is no JSON")
	}
	members, _ := value.(map[string]any)
	return credentialOf(members), nil
}

func credentialOf(members map[string]any) Credential {
	if members == nil {
		return Credential{}
	}
	return Credential{func() map[string]any { return members }}
}

func (c Credential) members() map[string]any {
	if c.reveal == nil {
		return nil
	}
	return c.reveal()
}

// Exists is false of the zero Credential.
func (c Credential) Exists() bool { return c.reveal != nil }

// Access is the access token; empty without one.
func (c Credential) Access() string { return c.Text("access") }

// RefreshToken is the refresh token; empty without one.
func (c Credential) RefreshToken() string { return c.Text("refresh") }

// ExpiresMs is when the access token expires, in epoch ms; false where the credential does not say.
func (c Credential) ExpiresMs() (float64, bool) { return numberOf(c.members()["expires"]) }

// Text is the text under a key; empty where there is none.
func (c Credential) Text(key string) string {
	text, _ := c.members()[key].(string)
	return text
}

// Get decodes the value under a key, as [json.Unmarshal] does; false where there is none.
func (c Credential) Get(key string, into any) (bool, error) {
	value, is := c.members()[key]
	if !is {
		return false, nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(raw, into)
}

// said is text without white space around it; empty where it is no text, or blank.
func (c Credential) said(key string) string { return ecma.Trim(c.Text(key)) }

func (c Credential) with(changes []Change) Credential {
	members := maps.Clone(c.members())
	for _, each := range changes {
		members[each.Key] = each.value()
	}
	return credentialOf(members)
}

// numberOf is a moment in epoch ms, if it is a number that can be one.
func numberOf(value any) (float64, bool) {
	digits, is := value.(json.Number)
	if !is {
		return 0, false
	}
	ms, err := digits.Float64()
	return ms, err == nil && math.Abs(ms) <= latestMs
}

// Change is a member of a credential that a refresh has changed. Printed, it does not show the value.
type Change struct {
	// Key is access, refresh, expires, accountId or email.
	Key   string
	value func() any
}

// Value is text, or for expires a [json.Number].
func (c Change) Value() any { return c.value() }

func change(key string, value any) Change { return Change{key, func() any { return value }} }
