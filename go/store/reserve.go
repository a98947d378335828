package store

import (
	"bytes"
	"io/fs"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/limits"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// Reservation is room on the disk for a later replacement of a store: a file beside it, of the store's size and 64 KiB,
// through which that will be made. It is for what must not fail once it has begun, such as the saving of a token.
type Reservation struct {
	path string

	mu    sync.Mutex
	file  *temporary
	timer *time.Timer
}

// Reserve makes sure that the store at path can be replaced, which need not exist, and that there is room for it. Take the
// store's lock first, and read the store after it. Call Discard when done.
func Reserve(path string) (*Reservation, error) {
	path, err := absolute(path)
	if err != nil {
		return nil, err
	}
	_, old, err := replaceable(path)
	if err != nil {
		return nil, err
	}
	file, err := makeTemporary(path, old)
	if err != nil {
		return nil, systemError(path, err)
	}
	size := int64(limits.ReserveBytes)
	if old != nil {
		size += old.Size()
	}
	if err := file.write(bytes.Repeat([]byte("\n"), int(min(size, limits.MaxStoreBytes)))); err != nil {
		file.discard()
		return nil, systemError(path, err)
	}
	r := &Reservation{path: path, file: file}
	r.timer = time.AfterFunc(limits.StoreTouch, r.touch)
	return r, nil
}

// touch keeps others from taking it for a left-over.
func (r *Reservation) touch() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file != nil {
		// Through the descriptor, and by the file system's clock.
		_, _ = r.file.file.WriteAt([]byte("\n"), 0)
		r.timer.Reset(limits.StoreTouch)
	}
}

// Replace is [Replace], through the reservation, which is used up by a success.
func (r *Reservation) Replace(now *Snapshot, edits []Edit, locks ...*sidecar.Lock) (changed bool, err error) {
	return replace(now, edits, locks, r)
}

// Discard gives up what is left of it.
func (r *Reservation) Discard() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer.Stop()
	r.file.discard()
	r.file = nil
}

// take is the reserved file, or, without one, a new one.
func (r *Reservation) take(store string, old fs.FileInfo) (*temporary, error) {
	own := r.lend(store)
	if own == nil {
		return makeTemporary(store, old)
	}
	if !own.isThere() {
		own.discard()
		return makeTemporary(store, old)
	}
	info, err := own.file.Stat()
	if err == nil && old != nil {
		err = likeOld(own.file, info, old)
	}
	return own, err
}

func (r *Reservation) lend(store string) *temporary {
	if r == nil || r.path != store {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	own := r.file
	r.file = nil
	return own
}

// giveBack keeps what did not become the store, for another try.
func (r *Reservation) giveBack(own *temporary) {
	if r == nil || own == nil || own.closed {
		own.discard()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.file = own
	r.timer.Reset(limits.StoreTouch)
}
