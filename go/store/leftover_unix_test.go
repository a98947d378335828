//go:build unix

package store

import (
	"os"
	"path/filepath"
	"testing"
)

const left = ".openclaw-store-0123456789abcdef0123456789abcdef.tmp"

func mustLink(t *testing.T, from, to string) string {
	t.Helper()
	if err := os.Link(from, to); err != nil {
		t.Skip(err)
	}
	return to
}

func TestTheNameThatAKilledMakerOfAStoreLeftIsRemoved(t *testing.T) {
	path := newStore(t, "{}")
	name := mustLink(t, path, filepath.Join(filepath.Dir(path), left))
	// One that is another file is somebody's reserve.
	other := filepath.Join(filepath.Dir(path), ".openclaw-store-00000000000000000000000000000001.tmp")
	write(t, other, "{}")
	changed, err := Update(t.Context(), path, set("a"))
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	if _, err := os.Lstat(name); err == nil {
		t.Error("is still there")
	}
	mustHold(t, other, "{}")
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	mustBeAlone(t, path)
}

func TestAReservationRemovesTheNameThatAKilledMakerLeft(t *testing.T) {
	path := newStore(t, "{}")
	mustLink(t, path, filepath.Join(filepath.Dir(path), left))
	lock := mustLock(t, path)
	room, err := Reserve(path)
	if err != nil {
		t.Fatal(err)
	}
	now, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if changed, err := room.Replace(now, []Edit{Set(secret, "a")}, lock); err != nil || !changed {
		t.Error(changed, err)
	}
	room.Discard()
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
	mustBeAlone(t, path)
}

func TestAWriterWithoutALockIsNoticedAlthoughANameWasLeft(t *testing.T) {
	path := newStore(t, "{}")
	mustLink(t, path, filepath.Join(filepath.Dir(path), left))
	lock := mustLock(t, path)
	now, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, "[]")
	_, err = Replace(now, []Edit{Set(secret, "a")}, lock)
	mustFail(t, err, ErrChanged, "")
	mustHold(t, path, "[]")
}

func TestAnyOtherSecondNameIsRefused(t *testing.T) {
	for _, besides := range []bool{false, true} {
		path := newStore(t, "{}")
		dir := filepath.Dir(path)
		elsewhere := filepath.Join(dir, "below")
		if err := os.Mkdir(elsewhere, 0o700); err != nil {
			t.Fatal(err)
		}
		second := mustLink(t, path, filepath.Join(elsewhere, left))
		if besides {
			mustLink(t, path, filepath.Join(dir, left))
		}
		_, err := Update(t.Context(), path, set("a"))
		mustFail(t, err, ErrUnsupported, "hard-link")
		_, err = Reserve(path)
		mustFail(t, err, ErrUnsupported, "hard-link")
		mustHold(t, second, "{}")
	}
}
