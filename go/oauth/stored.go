package oauth

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/sidecar"
	"github.com/openclaw/lock-helpers/go/store"
)

// RefreshStored is [Refresh] for a login in the JSON file at path, at this path of keys: an object with access, refresh and
// expires (epoch ms), and any other members, which stay as they are. It is guarded by the lock of the file, unless
// [WithLocks] says otherwise, and intents lie beside it. For a login of OpenClaw's own see package openclaw.
func RefreshStored(ctx context.Context, path string, keys []string, refresh Func, options ...Option) (*Result, error) {
	if err := hook.CheckTarget(path); err != nil {
		return nil, err
	}
	s, err := apply(ctx, path, refresh, options)
	if err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	kept := &stored{path: absolute, keys: keys}
	login := Login{
		Locks: s.locks, Intents: s.intents, Watch: []string{absolute}, Read: kept.read, Reserve: kept.reserve,
	}
	if len(login.Locks) == 0 {
		login.Locks = []string{absolute}
	}
	// Found out only at the save it would be too late.
	if err := guards(login.Locks, absolute); err != nil {
		return nil, err
	}
	if login.Intents == "" {
		login.Intents = filepath.Dir(absolute)
	}
	return Refresh(ctx, login, refresh, options...)
}

func guards(locks []string, path string) error {
	own, err := hook.LockPath(path)
	if err != nil {
		return err
	}
	for _, target := range locks {
		if found, err := hook.LockPath(target); err == nil && found == own {
			return nil
		}
	}
	return hook.InvalidOption(path, "the store's own lock is not among the locks")
}

// stored is a place in a JSON file.
type stored struct {
	path string
	keys []string
	room *store.Reservation
}

func (s *stored) read() (Kept, error) {
	now, err := store.Read(s.path)
	if err != nil {
		return Kept{}, err
	}
	raw, is := now.Raw(s.keys...)
	if !is {
		return Kept{}, nil
	}
	credential, err := ParseCredential(raw)
	if err != nil {
		return Kept{}, err
	}
	save := func(changes []Change, locks []*sidecar.Lock) error {
		var edits []store.Edit
		for _, each := range changes {
			edits = append(edits, store.Set(each.Value(), append(slices.Clone(s.keys), each.Key)...))
		}
		if s.room != nil {
			_, err := s.room.Replace(now, edits, locks...)
			return err
		}
		_, err := store.Replace(now, edits, locks...)
		return err
	}
	return Kept{Credential: credential, Save: save}, nil
}

func (s *stored) reserve() (func(), error) {
	room, err := store.Reserve(s.path)
	if err != nil {
		return nil, err
	}
	s.room = room
	return func() {
		s.room = nil
		room.Discard()
	}, nil
}
