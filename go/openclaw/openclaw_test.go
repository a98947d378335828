package openclaw

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/provider"
	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/sidecar"
	"github.com/openclaw/lock-helpers/go/store"
)

// claw is an OpenClaw with JSON stores, and a provider with one login.
type claw struct {
	*provider.Provider
	t     *testing.T
	state string
}

func newClaw(t *testing.T) *claw {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("OPENCLAW_AGENT_DIR", "")
	c := &claw{Provider: provider.New(), t: t, state: filepath.Join(dir, ".openclaw")}
	t.Cleanup(c.Close)
	return c
}

func (c *claw) profile(agent string) Profile {
	return Profile{StateDir: c.state, AgentID: agent, Provider: "XAI", ID: "xai:default"}
}

func (c *claw) pathOf(agent string) string { return filepath.Join(agentDir(c.state, agent), jsonStore) }

func (c *claw) put(agent string, credential map[string]any) {
	c.t.Helper()
	content, _ := json.Marshal(map[string]any{"version": 1, "profiles": map[string]any{"xai:default": credential}})
	path := c.pathOf(agent)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		c.t.Fatal(err)
	}
}

func (c *claw) login(change map[string]any) map[string]any {
	refresh, access := c.Tokens()
	credential := map[string]any{
		"type": "oauth", "provider": "xai", "access": access, "refresh": refresh, "expires": 1000, "accountId": "me",
	}
	for key, value := range change {
		credential[key] = value
	}
	return credential
}

func (c *claw) of(agent string) oauth.Credential {
	c.t.Helper()
	now, err := store.Read(c.pathOf(agent))
	if err != nil {
		c.t.Fatal(err)
	}
	raw, _ := now.Raw("profiles", "xai:default")
	return credentialIn(c.t, raw)
}

func (c *claw) refresh(agent string, options ...oauth.Option) (*oauth.Result, error) {
	return RefreshCredential(context.Background(), c.profile(agent), oauth.Endpoint(c.URL, "script", nil), options...)
}

func (c *claw) mustHave(agent string) {
	c.t.Helper()
	refresh, access := c.Tokens()
	if now := c.of(agent); now.Access() != access || now.RefreshToken() != refresh || now.Text("accountId") != "me" {
		c.t.Errorf("%s has another credential", agent)
	}
}

func inAnHour() int64 { return time.Now().Add(time.Hour).UnixMilli() }

func TestALoginIsRefreshedUnderOpenClawsLocks(t *testing.T) {
	c := newClaw(t)
	c.put("main", c.login(nil))
	targets, err := RefreshLockTargets(c.state, "xai", "xai:default")
	if err != nil {
		t.Fatal(err)
	}
	var held []string
	got, err := RefreshCredential(t.Context(), c.profile(""), func(ctx context.Context, now oauth.Credential) (oauth.Answer, error) {
		for _, target := range append(targets, c.pathOf("main")) {
			if state, err := sidecar.Inspect(target); err == nil && state.Verdict == sidecar.Held {
				held = append(held, target)
			}
		}
		return oauth.Endpoint(c.URL, "script", nil)(ctx, now)
	})
	if err != nil || got.How != oauth.Refreshed || len(held) != 3 {
		t.Fatalf("%+v, %v, held %v", got, err, held)
	}
	c.mustHave("main")
	sidecar.CloseIdleWitnesses()
	if left, _ := os.ReadDir(refreshLockDir(c.state)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if info, err := os.Stat(refreshLockDir(c.state)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if got, err := c.refresh("main"); err != nil || got.How != oauth.Fresh {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestALoginIsRefreshedWhereItBelongs(t *testing.T) {
	cases := map[string]struct {
		agent           map[string]any
		inAgent, inMain bool
	}{
		"the agent has none":       {nil, false, true},
		"main's is as new":         {map[string]any{}, false, true},
		"the agent's is newer":     {map[string]any{"expires": 2000}, true, true},
		"the agent's is another's": {map[string]any{"accountId": "me ", "expires": 500}, false, true},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			c := newClaw(t)
			c.put("main", c.login(nil))
			if each.agent != nil {
				c.put("coder", c.login(each.agent))
			}
			if got, err := c.refresh("coder"); err != nil || got.How != oauth.Refreshed {
				t.Fatalf("%+v, %v", got, err)
			}
			if each.inMain {
				c.mustHave("main")
			}
			if each.inAgent {
				c.mustHave("coder")
			}
			if all, most := c.Posts(); all != 1 || most != 1 {
				t.Errorf("%d requests", all)
			}
		})
	}
	c := newClaw(t)
	c.put("main", c.login(map[string]any{"accountId": "other"}))
	c.put("coder", c.login(nil))
	if _, err := c.refresh("coder"); err != nil {
		t.Fatal(err)
	}
	c.mustHave("coder")
	if c.of("main").Text("accountId") != "other" {
		t.Error("main's login of another account was overwritten")
	}
}

func TestMainsFreshCredentialDoesForAnAgent(t *testing.T) {
	c := newClaw(t)
	c.put("main", c.login(map[string]any{"expires": inAnHour()}))
	c.put("coder", c.login(map[string]any{"access": "old", "refresh": "old"}))
	if got, err := c.refresh("coder"); err != nil || got.How != oauth.Fresh {
		t.Errorf("%+v, %v", got, err)
	}
	if found, err := WaitForFreshCredential(t.Context(), c.profile("coder")); err != nil || found.Access() != c.of("main").Access() {
		t.Errorf("%v", err)
	}
	if all, _ := c.Posts(); all != 0 {
		t.Errorf("%d requests", all)
	}
	if _, err := os.Stat(filepath.Join(c.state, "locks")); err == nil {
		t.Error("made a directory")
	}
}

func TestAMainStoreThatIsLockedForEverKeepsNobodyFromSaving(t *testing.T) {
	c := newClaw(t)
	c.put("main", c.login(nil))
	c.put("coder", c.login(map[string]any{"expires": 2000}))
	lock, err := sidecar.Acquire(t.Context(), c.pathOf("main"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if got, err := c.refresh("coder"); err != nil || got.How != oauth.Refreshed {
		t.Errorf("%+v, %v", got, err)
	}
	c.mustHave("coder")
}

func TestWhatIsNoLoginOfThisProviderIsUnavailable(t *testing.T) {
	c := newClaw(t)
	for name, credential := range map[string]map[string]any{
		"nothing":          nil,
		"a key":            c.login(map[string]any{"type": "api_key"}),
		"another provider": c.login(map[string]any{"provider": "anthropic"}),
		"tokens elsewhere": {"type": "oauth", "provider": "xai", "oauthRef": map[string]any{}},
	} {
		if credential != nil {
			c.put("main", credential)
		}
		if _, err := c.refresh("main"); !errors.Is(err, oauth.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, _ := c.Posts(); all != 0 {
		t.Errorf("%d requests", all)
	}
}

func TestASQLiteStoreIsRefusedWithARemedy(t *testing.T) {
	c := newClaw(t)
	c.put("main", c.login(map[string]any{"expires": inAnHour()}))
	database := filepath.Join(agentDir(c.state, "main"), agentDatabase)
	if err := os.WriteFile(database, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, reading := ReadCredential(c.profile("main"))
	_, refreshing := c.refresh("main")
	_, waiting := WaitForFreshCredential(t.Context(), c.profile("main"))
	for _, err := range []error{reading, refreshing, waiting} {
		var failed *store.Error
		if !errors.As(err, &failed) || failed.Code != store.ErrUnsupported || failed.Path != database ||
			!strings.Contains(failed.Hint, "openclaw models auth login") {
			t.Errorf("%v", err)
		}
	}
}

func TestASharedDatabaseCountsOnlyWhereItMayHaveTheLogins(t *testing.T) {
	c := newClaw(t)
	c.put("main", c.login(map[string]any{"expires": inAnHour()}))
	database := filepath.Join(c.state, "state", "openclaw.sqlite")
	if err := os.MkdirAll(filepath.Dir(database), 0o700); err != nil {
		t.Fatal(err)
	}
	filler := strings.Repeat("x", 1<<20-8)
	for content, want := range map[string]Kind{
		filler: JSON, filler + "auth.sharedStorf": JSON, filler + "auth.sharedStore": SQLite, "auth.sharedStore" + filler: SQLite,
	} {
		if err := os.WriteFile(database, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if kind, _ := RecogniseStore(c.state, agentDir(c.state, "main")); kind != want {
			t.Errorf("%s, want %s", kind, want)
		}
	}
	if err := os.WriteFile(database, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(database+"-wal", []byte("auth.sharedStore"), 0o600); err != nil {
		t.Fatal(err)
	}
	if kind, path := RecogniseStore(c.state, agentDir(c.state, "main")); kind != SQLite || path != database {
		t.Errorf("%s, %s", kind, path)
	}
}

func TestAStoreThatTurnsIntoSQLiteDuringTheRequestIsNotWritten(t *testing.T) {
	c := newClaw(t)
	c.put("main", c.login(nil))
	before := c.of("main").Access()
	_, err := RefreshCredential(t.Context(), c.profile("main"), func(ctx context.Context, now oauth.Credential) (oauth.Answer, error) {
		if err := os.WriteFile(filepath.Join(agentDir(c.state, "main"), agentDatabase), nil, 0o600); err != nil {
			t.Error(err)
		}
		return oauth.Endpoint(c.URL, "script", nil)(ctx, now)
	})
	if !errors.Is(err, oauth.ErrNotSaved) || !errors.Is(err, store.ErrUnsupported) || c.of("main").Access() != before {
		t.Errorf("%v", err)
	}
}

func TestAFenceIsNeitherSentNorAdoptedNorOverwritten(t *testing.T) {
	c := newClaw(t)
	pending := c.login(map[string]any{"access": fencePrefix + "x", "refresh": fencePrefix + "x", "expires": inAnHour()})
	c.put("main", pending)
	_, err := c.refresh("main", oauth.WithTimeout(50*time.Millisecond))
	if !errors.Is(err, oauth.ErrContention) || !strings.Contains(err.Error(), "openclaw models auth login") {
		t.Errorf("%v", err)
	}
	if _, err := WaitForFreshCredential(t.Context(), c.profile("main"), WithTimeout(50*time.Millisecond)); !errors.Is(err, oauth.ErrContention) {
		t.Errorf("%v", err)
	}
	failed := fencePrefix + strings.Repeat("0", 32) + ":failed:access:" + strings.Repeat("0", 64)
	c.put("main", c.login(map[string]any{"access": failed}))
	if _, err := c.refresh("main"); !errors.Is(err, oauth.ErrRejected) {
		t.Errorf("%v", err)
	}
	if all, _ := c.Posts(); all != 0 {
		t.Errorf("%d requests", all)
	}
}

func TestAWaitSeesWhatAppearsAndSaysWhetherAnybodyRefreshes(t *testing.T) {
	c := newClaw(t)
	c.put("main", c.login(nil))
	if _, err := WaitForFreshCredential(t.Context(), c.profile("main"), WithTimeout(0)); !errors.Is(err, oauth.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	targets, _ := RefreshLockTargets(c.state, "xai", "xai:default")
	lock, err := sidecar.Acquire(t.Context(), targets[1], sidecar.WithCreateParent())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if _, err := WaitForFreshCredential(t.Context(), c.profile("main"), WithTimeout(0)); !errors.Is(err, oauth.ErrContention) {
		t.Errorf("%v", err)
	}
	found := make(chan error, 1)
	go func() {
		got, err := WaitForFreshCredential(t.Context(), c.profile("main"), WithRejected("rejected"))
		if err == nil && got.Access() != "new" {
			err = errors.New("another token")
		}
		found <- err
	}()
	c.put("main", c.login(map[string]any{"access": "rejected", "expires": inAnHour()}))
	c.put("main", c.login(map[string]any{"access": "new", "expires": inAnHour()}))
	if err := <-found; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := WaitForFreshCredential(ctx, c.profile("main"), WithRejected("new")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestACacheRefusesOpenClawsOwnLogin(t *testing.T) {
	c := newClaw(t)
	c.put("coder", c.login(nil))
	own := credentialIn(t, mustMarshal(t, c.login(map[string]any{"refresh": "of the script"})))
	theirs := credentialIn(t, mustMarshal(t, c.login(nil)))
	path := filepath.Join(t.TempDir(), "cache.json")
	cache := mustCache(t, path, c.profile(""))
	err := cache.Put(t.Context(), "xai", theirs)
	refresh, access := c.Tokens()
	if shown := fmt.Sprintf("%v %+v %#v", err, err, err); !errors.Is(err, store.ErrUnsupported) || strings.Contains(shown, refresh) || strings.Contains(shown, access) {
		t.Errorf("%s", shown)
	}
	if err := mustCache(t, path, c.profile(""), ProviderDoesNotRotate()).Put(t.Context(), "xai", theirs); err != nil {
		t.Error(err)
	}
	// It was put there by somebody's word; now it would be burned.
	if _, err := cache.Refresh(t.Context(), "xai", oauth.Endpoint(c.URL, "script", nil)); !errors.Is(err, store.ErrUnsupported) {
		t.Errorf("%v", err)
	}
	if err := cache.Put(t.Context(), "xai", own); err != nil {
		t.Error(err)
	}
	if got, err := cache.Get("xai"); err != nil || got.RefreshToken() != "of the script" {
		t.Errorf("%v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := mustCache(t, c.pathOf("coder"), c.profile("")).Put(t.Context(), "xai", own); !errors.Is(err, store.ErrUnsupported) {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(filepath.Join(agentDir(c.state, "coder"), agentDatabase), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cache.Put(t.Context(), "xai", own); !errors.Is(err, store.ErrUnsupported) {
		t.Errorf("%v", err)
	}
	if all, _ := c.Posts(); all != 0 {
		t.Errorf("%d requests", all)
	}
}

func mustCache(t *testing.T, path string, beside Profile, options ...CacheOption) *Cache {
	t.Helper()
	cache, err := NewCache(path, beside, options...)
	if err != nil {
		t.Fatal(err)
	}
	return cache
}

func mustMarshal(t *testing.T, value any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
