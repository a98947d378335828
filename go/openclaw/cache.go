package openclaw

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/sidecar"
	"github.com/openclaw/lock-helpers/go/store"
)

func isUnsupported(err error) bool { return errors.Is(err, store.ErrUnsupported) }

// Cache is a store of this program's own, for logins that it has made itself: a JSON file with mode 0600.
//
// It is not for a copy of OpenClaw's login. A rotating refresh token that is refreshed into a cache is burned for OpenClaw,
// and its next refresh revokes the login for both. So the cache refuses a credential whose refresh token is one of
// OpenClaw's, and where it cannot know, as with a SQLite store in Go, every credential; unless [ProviderDoesNotRotate] says
// that the provider gives out no single-use tokens.
type Cache struct {
	path     string
	profile  Profile
	harmless bool
}

// CacheOption changes what a [Cache] takes.
type CacheOption func(*Cache)

// ProviderDoesNotRotate is your word that refreshing a login does not use up its refresh token. If that is wrong, OpenClaw
// loses its login.
func ProviderDoesNotRotate() CacheOption { return func(c *Cache) { c.harmless = true } }

// NewCache is the cache in the file at path, beside the OpenClaw of the profile. It need not exist.
func NewCache(path string, beside Profile, options ...CacheOption) (*Cache, error) {
	if err := hook.CheckTarget(path); err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	c := &Cache{path: absolute, profile: beside}
	for _, option := range options {
		if option == nil {
			return nil, hook.InvalidOption(path, "an option is nil")
		}
		option(c)
	}
	return c, nil
}

// Put stores a credential under a key. It is store.ErrUnsupported where that would burn a login of OpenClaw.
func (c *Cache) Put(ctx context.Context, key string, credential oauth.Credential, options ...sidecar.Option) error {
	if !credential.Exists() {
		return hook.InvalidOption(c.path, "there is no credential")
	}
	if err := c.refuse(credential); err != nil {
		return err
	}
	_, err := store.Update(ctx, c.path, func(*store.Snapshot) ([]store.Edit, error) {
		return []store.Edit{store.Set(hook.Members(credential), key)}, nil
	}, options...)
	return err
}

// Get is the credential under a key; the zero Credential where there is none.
func (c *Cache) Get(key string) (oauth.Credential, error) {
	now, err := store.Read(c.path)
	if errors.Is(err, store.ErrMissing) {
		return oauth.Credential{}, nil
	}
	if err != nil {
		return oauth.Credential{}, err
	}
	raw, is := now.Raw(key)
	if !is {
		return oauth.Credential{}, nil
	}
	return oauth.ParseCredential(raw)
}

// Refresh is [oauth.RefreshStored] for the credential under a key.
func (c *Cache) Refresh(ctx context.Context, key string, refresh oauth.Func, options ...oauth.Option) (*oauth.Result, error) {
	if refresh == nil {
		return nil, hook.InvalidOption(c.path, "the refresh function is nil")
	}
	guarded := func(ctx context.Context, now oauth.Credential) (oauth.Answer, error) {
		if err := c.refuse(now); err != nil {
			return oauth.Answer{}, &oauth.NotSentError{Err: err}
		}
		return refresh(ctx, now)
	}
	current, err := c.Get(key)
	if err == nil && current.Exists() {
		err = c.refuse(current)
	}
	if err != nil {
		return nil, err
	}
	return oauth.RefreshStored(ctx, c.path, []string{key}, guarded, options...)
}

// refuse compares with all that OpenClaw has.
func (c *Cache) refuse(credential oauth.Credential) error {
	at, err := c.beside()
	if err != nil {
		return err
	}
	if isInside(c.path, at.state) {
		return c.refused("is among OpenClaw's own files", "keep the cache elsewhere")
	}
	if c.harmless || credential.RefreshToken() == "" {
		return nil
	}
	agents, _ := filepath.Glob(filepath.Join(at.state, "agents", "*", "agent"))
	for _, dir := range append(agents, at.main, at.agent) {
		has, err := hasToken(at.state, dir, credential.RefreshToken())
		if err != nil {
			return c.refused("takes no login while OpenClaw's cannot be read: "+err.Error(), ownLogin)
		}
		if has {
			return c.refused("does not take OpenClaw's own login", ownLogin)
		}
	}
	return nil
}

// isInside: also what belongs to another OpenClaw is no place for a cache.
func isInside(path, state string) bool {
	dir := filepath.Dir(path)
	for _, name := range []string{jsonStore, agentDatabase} {
		if exists(filepath.Join(dir, name)) {
			return true
		}
	}
	for _, inside := range []string{"agents", "state", "locks"} {
		if strings.HasPrefix(path, filepath.Join(state, inside)+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

const ownLogin = "sign in a second time for this program, or, where the provider's refresh tokens are not single-use, say so (ProviderDoesNotRotate)"

func (c *Cache) refused(what, hint string) error {
	return hook.Unsupported(c.path, "cache", what, hint)
}

// beside is where OpenClaw's logins are; provider and profile do not matter.
func (c *Cache) beside() (*place, error) {
	any := c.profile
	any.Provider, any.ID = "any", "any"
	return any.resolve()
}

func hasToken(state, dir, token string) (bool, error) {
	kind, path := RecogniseStore(state, dir)
	switch kind {
	case NoStore:
		return false, nil
	case SQLite:
		return false, refusesSQLite(path)
	}
	now, err := store.Read(path)
	if err != nil {
		return false, err
	}
	raw, is := now.Raw("profiles")
	if !is {
		return false, nil
	}
	profiles, err := oauth.ParseCredential(raw)
	if err != nil {
		return false, err
	}
	for _, each := range hook.Members(profiles) {
		if members, is := each.(map[string]any); is && members["refresh"] == token {
			return true, nil
		}
	}
	return false, nil
}
