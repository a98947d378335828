package openclaw

import (
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/ecma"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/store"
)

// Profile names a login of an OpenClaw.
type Profile struct {
	// StateDir is OpenClaw's state directory; that of [ResolveStateDir] if empty.
	StateDir string
	// AgentID is the agent; the main one if empty.
	AgentID string
	// Provider is whose login it is, such as "xai".
	Provider string
	// ID is the name of the profile, such as "xai:default".
	ID string
}

// place is a profile, with the paths that belong to it.
type place struct {
	Profile
	state       string
	locks       []string
	agent, main string
}

func (p Profile) resolve() (*place, error) {
	around := system()
	dir := p.StateDir
	if dir == "" {
		var err error
		if dir, err = around.stateDir(""); err != nil {
			return nil, err
		}
	}
	dir = around.absolute(dir)
	if p.ID == "" {
		return nil, hook.InvalidOption(dir, "the profile's id is empty")
	}
	locks, err := RefreshLockTargets(dir, p.Provider, p.ID)
	if err != nil {
		return nil, err
	}
	return &place{
		Profile: p, state: dir, locks: locks,
		agent: agentDir(dir, p.AgentID), main: around.mainAgentDir(dir),
	}, nil
}

// copyOf is what one store has for the profile.
type copyOf struct {
	path       string
	snapshot   *store.Snapshot
	credential oauth.Credential
}

// copies are what both stores have. For the main agent there is only the main one.
type copies struct{ main, agent copyOf }

func (p *place) read() (copies, error) {
	var found copies
	var err error
	if found.main, err = p.readOne(p.main); err != nil || p.agent == p.main {
		return found, err
	}
	found.agent, err = p.readOne(p.agent)
	return found, err
}

func (p *place) readOne(dir string) (copyOf, error) {
	kind, path := RecogniseStore(p.state, dir)
	found := copyOf{path: filepath.Join(dir, jsonStore)}
	switch kind {
	case SQLite:
		return found, refusesSQLite(path)
	case NoStore:
		return found, nil
	}
	now, err := store.Read(path)
	if errors.Is(err, store.ErrMissing) {
		return found, nil // It has just gone: a migration, which the next look sees.
	}
	if err != nil {
		return found, err
	}
	found.snapshot = now
	if raw, is := now.Raw("profiles", p.ID); is {
		found.credential, err = oauth.ParseCredential(raw)
	}
	return found, err
}

func (c copies) owner() Owner { return OwnerOf(c.main.credential, c.agent.credential) }

func (c copies) of(owner Owner) copyOf {
	if owner == OwnerAgent {
		return c.agent
	}
	return c.main
}

// usable is a credential that does for the agent, as it is.
func (c copies) usable(rejected string, now time.Time) (oauth.Credential, bool) {
	does := func(each oauth.Credential) bool { return rejected == "" || each.Access() != rejected }
	if own := c.of(c.owner()).credential; IsUsable(own, now) && does(own) {
		return own, true
	}
	if main := c.main.credential; MayAdopt(c.agent.credential, main, now) && does(main) {
		return main, true
	}
	if agent := c.agent.credential; IsUsable(agent, now) && does(agent) {
		return agent, true
	}
	return oauth.Credential{}, false
}

// watched is what changes when a login does: the stores, what SQLite has beside them, and the directories that hold them.
func (p *place) watched() []string {
	paths := []string{filepath.Join(p.state, "state", "openclaw.sqlite"), filepath.Join(p.state, "state", "openclaw.sqlite-wal")}
	for _, dir := range slices.Compact([]string{p.main, p.agent}) {
		for _, name := range []string{"", jsonStore, agentDatabase, agentDatabase + "-wal"} {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	return paths
}

// check refuses what must be neither used nor refreshed.
func (p *place) check(now oauth.Credential) error {
	switch {
	case !isOAuth(now):
		return unavailable("the profile is no OAuth login")
	case ecma.Lower(ecma.Trim(now.Text("provider"))) != ecma.Lower(ecma.Trim(p.Provider)):
		return unavailable("the profile is a login of another provider")
	case FenceOf(now) == FenceFailed:
		return hook.RefreshError(string(oauth.ErrRejected), "OpenClaw's refresh of this login has failed", signIn, nil, nil)
	case FenceOf(now) == FencePending:
		return errFenced
	}
	return nil
}

const signIn = "sign in again: openclaw models auth login"

// errFenced: OpenClaw refreshes, or was killed when it did.
var errFenced = errors.New("fenced")

func unavailable(what string) error {
	return hook.RefreshError(string(oauth.ErrUnavailable), what, signIn, nil, nil)
}

// ReadCredential reads what an agent has for a profile, or, where it has nothing, the main agent; the zero Credential where
// neither has. It takes no lock, and says nothing about whether the credential can be used: see [IsUsable].
func ReadCredential(p Profile) (oauth.Credential, error) {
	at, err := p.resolve()
	if err != nil {
		return oauth.Credential{}, err
	}
	found, err := at.read()
	if err != nil {
		return oauth.Credential{}, err
	}
	if found.agent.credential.Exists() {
		return found.agent.credential, nil
	}
	return found.main.credential, nil
}
