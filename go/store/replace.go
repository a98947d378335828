package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/openclaw/lock-helpers/go/internal/ending"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/jsontext"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// Edit is one change of a store. Printed, it does not show the value.
type Edit struct{ edit func() jsontext.Edit }

// Set sets the value at a path of keys, and makes the objects on the way. The value is written as [json.Marshal] would
// write it, text and numbers as ECMAScript does.
func Set(value any, keys ...string) Edit {
	return Edit{func() jsontext.Edit { return jsontext.Edit{At: keys, Value: value} }}
}

// Remove removes the value at a path of keys. What is not there is not removed.
func Remove(keys ...string) Edit {
	return Edit{func() jsontext.Edit { return jsontext.Edit{At: keys, Remove: true} }}
}

// Update takes the lock of the store at path, reads it (a file that is not there is like an empty object), asks which
// edits to make, makes them, and releases the lock. It says whether the file has changed; without a change nothing is
// written. The options are those of the lock.
func Update(
	ctx context.Context, path string, edit func(now *Snapshot) ([]Edit, error), options ...sidecar.Option,
) (changed bool, err error) {
	if edit == nil {
		return false, hook.InvalidOption(path, "the edit is nil")
	}
	if path, err = absolute(path); err != nil {
		return false, err
	}
	if _, err := supported(path); err != nil {
		return false, err
	}
	lock, err := sidecar.Acquire(ctx, path, options...)
	if err != nil {
		return false, err
	}
	// A lock that is lost by now was there when it mattered, just before the rename.
	defer func() {
		if failed := hook.GiveBack(lock); failed != nil && !errors.Is(failed, sidecar.ErrLost) {
			err = errors.Join(err, failed)
		}
	}()
	now, err := read(path)
	if err != nil {
		return false, err
	}
	edits, err := edit(now)
	if err != nil {
		return false, err
	}
	return Replace(now, edits, lock)
}

// Replace makes the edits in a snapshot that was read under the locks, of which one is the store's own, and puts the
// result in the place of the file. [ErrNotLocked] and [ErrChanged] are to begin again, from the read.
func Replace(now *Snapshot, edits []Edit, locks ...*sidecar.Lock) (changed bool, err error) {
	return replace(now, edits, locks, nil)
}

func replace(now *Snapshot, edits []Edit, locks []*sidecar.Lock, through *Reservation) (bool, error) {
	if err := checkLocks(now.path, locks); err != nil {
		return false, err
	}
	content, err := now.edited(edits)
	if err != nil {
		return false, err
	}
	if bytes.Equal(content, now.before()) {
		return false, nil
	}
	found, old, err := replaceable(now.path)
	if err != nil {
		return false, err
	}
	now = now.after(found, old)
	if (old != nil) != now.Exists() {
		return false, changed(now.path)
	}
	own, err := through.take(now.path, old)
	if err == nil {
		err = now.publish(own, content, locks)
	}
	if err != nil {
		through.giveBack(own)
		return false, systemError(now.path, err)
	}
	own.discard()
	return true, nil
}

// before is what edits begin with: a file that is not there is not made for a removal.
func (s *Snapshot) before() []byte {
	if !s.Exists() {
		return []byte(jsontext.NewFile)
	}
	return s.text()
}

func (s *Snapshot) edited(edits []Edit) ([]byte, error) {
	var plain []jsontext.Edit
	for _, each := range edits {
		if each.edit == nil {
			return nil, hook.InvalidOption(s.path, "an edit is empty")
		}
		plain = append(plain, each.edit())
	}
	content, err := jsontext.Apply(s.text(), plain)
	var kind jsontext.Kind
	switch {
	case errors.As(err, &kind):
		return nil, invalid(s.path, kind)
	case errors.Is(err, jsontext.ErrNoKeys), errors.Is(err, jsontext.ErrNotUTF8):
		return nil, hook.InvalidOption(s.path, err.Error())
	case err != nil:
		// Not its message: encoding/json's may quote the value.
		return nil, hook.InvalidOption(s.path, fmt.Sprintf("an edit cannot be written as JSON (%T)", err))
	}
	return content, nil
}

// publish writes the file, and makes it the store.
func (s *Snapshot) publish(own *temporary, content []byte, locks []*sidecar.Lock) error {
	if err := own.write(content); err != nil {
		return err
	}
	hook.Reach("store:written")
	// No signal may release the locks between the look at them and the rename.
	defer ending.Enter()()
	if err := checkLocks(s.path, locks); err != nil {
		return err
	}
	if err := s.checkUnchanged(); err != nil {
		return err
	}
	hook.Reach("store:verified")
	if renamesOnlyClosed {
		own.close()
	}
	if err := s.rename(own.path); err != nil {
		return err
	}
	hook.Reach("store:renamed")
	syncDirectory(filepath.Dir(s.path))
	return nil
}

func (s *Snapshot) rename(from string) error {
	if !s.Exists() {
		err := os.Link(from, s.path)
		switch {
		case err == nil:
			_ = os.Remove(from)
			return nil
		case errors.Is(err, fs.ErrExist):
			return changed(s.path)
		case !isAny(err, linkUnavailable):
			return err
		}
		// Without links a moment remains in which somebody could make it.
		if _, err := os.Lstat(s.path); err == nil {
			return changed(s.path)
		}
	}
	err := os.Rename(from, s.path)
	if errors.Is(err, busy) {
		return unsupported(s.path, "mount-point")
	}
	return err
}

func isAny(err error, these []error) bool {
	for _, each := range these {
		if errors.Is(err, each) {
			return true
		}
	}
	return false
}

// checkUnchanged: the store is still what was read, bytes and all.
func (s *Snapshot) checkUnchanged() error {
	info, err := os.Lstat(s.path)
	switch {
	case isGone(err) && !s.Exists():
		return nil
	case isGone(err):
		return changed(s.path)
	case err != nil:
		return err
	case !s.Exists() || !info.Mode().IsRegular():
		return changed(s.path)
	}
	state, content, err := readFile(s.path)
	if err == nil && (state != s.state || !bytes.Equal(content, s.text())) || isGone(err) {
		return changed(s.path)
	}
	return err
}

// checkLocks: the store's own is among them, and all are held (STORE-5).
func checkLocks(path string, locks []*sidecar.Lock) error {
	own, err := hook.LockPath(path)
	if err != nil {
		return systemError(path, err)
	}
	mine := false
	for _, lock := range locks {
		held, err := hook.Look(lock)
		if err != nil {
			return err
		}
		if !held {
			return notLocked(path, "cannot be written: a lock is no longer held")
		}
		mine = mine || lock.Path() == own
	}
	if !mine {
		return notLocked(path, "cannot be written: its lock is not among those that are held")
	}
	return nil
}
