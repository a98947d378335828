package openclaw

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/sidecar"
	"github.com/openclaw/lock-helpers/go/store"
)

// RefreshCredential answers a credential that OpenClaw and this program can use: the one that is there, one that OpenClaw
// or another program comes by meanwhile, or one that it gets by calling refresh, once, under OpenClaw's own locks; see
// [oauth.Refresh], whose options and errors these are. It refreshes the login where it belongs, in the main agent's store
// or in the agent's own, and saves it there. With a SQLite store (OpenClaw 2026.6.5 on) it is store.ErrUnsupported.
func RefreshCredential(ctx context.Context, p Profile, refresh oauth.Func, options ...oauth.Option) (*oauth.Result, error) {
	at, err := p.resolve()
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(hook.RefreshTimeout(options))
	for waited := false; ; waited = true {
		got, err := at.refresh(ctx, refresh, options)
		if waited && err == nil && got.How == oauth.Fresh {
			got.How = oauth.Adopted
		}
		switch {
		case errors.Is(err, errFenced):
			if err := at.waitOutFence(ctx, deadline); err != nil {
				return nil, err
			}
		case !errors.Is(err, errMoved):
			return got, err
		case time.Now().After(deadline):
			return nil, contention("the login moves from store to store", "see what OpenClaw is doing")
		}
		// Not over again, but for what is left of the time.
		options = append(slices.Clone(options), oauth.WithTimeout(max(0, time.Until(deadline))))
	}
}

// errMoved: the login belongs to another store than it did when the locks were chosen.
var errMoved = errors.New("the login has moved to another store")

func contention(what, hint string) error {
	return hook.RefreshError(string(oauth.ErrContention), what, hint, nil, nil)
}

// planned is one attempt, for the owner that the login has when it begins.
type planned struct {
	*place
	owner Owner
	last  copies
	room  *store.Reservation
}

func (p *place) refresh(ctx context.Context, refresh oauth.Func, options []oauth.Option) (*oauth.Result, error) {
	found, err := p.read()
	if err != nil {
		return nil, err
	}
	plan := &planned{place: p, owner: found.owner()}
	path := found.of(plan.owner).path
	login := oauth.Login{
		Locks:       append(slices.Clone(p.locks), path),
		Intents:     refreshLockDir(p.state),
		Watch:       p.watched(),
		Read:        plan.read,
		Reserve:     func() (func(), error) { return plan.reserve(path) },
		Adopt:       plan.adopt,
		Check:       plan.check,
		BeforeLocks: p.makeLockDir,
		Saved:       plan.mirror,
	}
	fresh := func(c oauth.Credential) bool { return IsUsable(c, time.Now()) }
	return oauth.Refresh(ctx, login, refresh, append(slices.Clone(options), oauth.WithFresh(fresh))...)
}

func (p *planned) read() (oauth.Kept, error) {
	found, err := p.place.read()
	if err != nil {
		return oauth.Kept{}, err
	}
	p.last = found
	own := found.of(p.owner)
	return oauth.Kept{Credential: own.credential, Save: func(changes []oauth.Change, locks []*sidecar.Lock) error {
		// A doctor may have moved it into SQLite meanwhile.
		if kind, path := RecogniseStore(p.state, filepath.Dir(own.path)); kind == SQLite {
			return refusesSQLite(path)
		}
		edits := p.edits(changes)
		if p.room != nil {
			_, err := p.room.Replace(own.snapshot, edits, locks...)
			return err
		}
		_, err := store.Replace(own.snapshot, edits, locks...)
		return err
	}}, nil
}

func (p *place) edits(changes []oauth.Change) []store.Edit {
	var edits []store.Edit
	for _, each := range changes {
		edits = append(edits, store.Set(each.Value(), "profiles", p.ID, each.Key))
	}
	return edits
}

func (p *planned) reserve(path string) (func(), error) {
	room, err := store.Reserve(path)
	if err != nil {
		return nil, err
	}
	p.room = room
	return func() {
		p.room = nil
		room.Discard()
	}, nil
}

// adopt looks at what the last read has found in both stores.
func (p *planned) adopt(oauth.Credential) (oauth.Credential, bool) {
	return p.last.usable("", time.Now())
}

func (p *planned) check(now oauth.Credential) error {
	if p.last.owner() != p.owner {
		return errMoved
	}
	return p.place.check(now)
}

// How long a copy for the main agent may wait for its lock, while the agent's are held.
const mirrorTimeout = 5 * time.Second

// mirror writes what was saved in an agent's store into the main one's too, as OpenClaw does. That this fails is no
// failure: the agents that use the main one's copy see the agent's later expiry when they look.
func (p *planned) mirror(next oauth.Credential) {
	if p.owner != OwnerAgent || !p.last.main.credential.Exists() {
		return
	}
	_, _ = store.Update(context.Background(), p.last.main.path, func(now *store.Snapshot) ([]store.Edit, error) {
		raw, is := now.Raw("profiles", p.ID)
		if !is {
			return nil, nil
		}
		main, err := oauth.ParseCredential(raw)
		if err != nil || !isOAuth(main) || FenceOf(main) != NoFence || !oauth.SameAccount(main, next) || !isEarlier(main, next) {
			return nil, err
		}
		return p.mirrored(next), nil
	}, sidecar.WithTimeout(mirrorTimeout))
}

func isEarlier(main, next oauth.Credential) bool {
	theirs, have := main.ExpiresMs()
	ours, _ := next.ExpiresMs()
	return !have || theirs < ours
}

// mirrored are the members that a refresh changes.
func (p *planned) mirrored(next oauth.Credential) []store.Edit {
	var edits []store.Edit
	members := hook.Members(next)
	for _, key := range []string{"access", "refresh", "expires", "accountId", "email"} {
		if value, is := members[key]; is {
			edits = append(edits, store.Set(value, "profiles", p.ID, key))
		}
	}
	return edits
}
