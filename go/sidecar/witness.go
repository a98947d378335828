package sidecar

import (
	"slices"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// Who holds again and again keeps its witness; who does not soon leaves nothing.
const witnessIdleFor = time.Second

// witness is a socket in a directory on which this process listens as long as it lives, and which therefore tells of its
// life across PID namespaces (spec/witness.md).
type witness struct {
	dir, name string
	id        evidence.FileID
	fd        int

	uses  int
	timer *time.Timer
}

// witnesses are those of this process. Nothing that may take time is done while the mutex is held.
var witnesses = registry{current: map[string]*witness{}}

type registry struct {
	mu sync.Mutex
	// current is what may be named in a directory, and idle are those that nothing names, the oldest first.
	current map[string]*witness
	idle    []*witness
}

// CloseIdleWitnesses closes, and removes, the sockets that this process keeps for its next acquire, and that no lock
// names ([WithWitness]). They would be closed after a second without one. Go runs nothing when a program ends: one that
// ends sooner than that leaves a file .openclaw-lock-*.sock in each directory where it had held a lock in that second,
// which does no harm, and which any process's later acquire there removes when it is 30 s old. Call this at the end of
// main to leave nothing. Locks that are held keep theirs.
func CloseIdleWitnesses() {
	witnesses.mu.Lock()
	idle := slices.Clone(witnesses.idle)
	for _, each := range idle {
		witnesses.retire(each)
	}
	witnesses.mu.Unlock()
	for _, each := range idle {
		each.close()
	}
}

// take is a witness that may be named in the directory, until it is dropped as often as it was taken (WITNESS-1).
func (r *registry) take(dir string) (*witness, error) {
	if known := r.use(dir); known != nil {
		if known.isThere() {
			return known, nil
		}
		r.mu.Lock()
		r.retire(known)
		r.mu.Unlock()
		r.drop(known)
	}
	made, err := listen(dir)
	if err != nil {
		return nil, err
	}
	if sooner := r.adopt(made); sooner != made {
		made.close()
		return sooner, nil
	}
	return made, nil
}

func (r *registry) use(dir string) *witness {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.useLocked(dir)
}

func (r *registry) useLocked(dir string) *witness {
	known := r.current[dir]
	if known != nil {
		r.wake(known)
		known.uses++
	}
	return known
}

// adopt answers the one of another goroutine where that was made sooner.
func (r *registry) adopt(made *witness) *witness {
	r.mu.Lock()
	defer r.mu.Unlock()
	if sooner := r.useLocked(made.dir); sooner != nil {
		return sooner
	}
	r.current[made.dir] = made
	made.uses = 1
	return made
}

// drop is called when what named it is no longer there (WITNESS-5).
func (r *registry) drop(w *witness) {
	if w == nil {
		return
	}
	r.mu.Lock()
	var over *witness
	w.uses--
	switch {
	case w.uses > 0:
	case r.current[w.dir] != w:
		over = w
	default:
		r.idle = append(r.idle, w)
		w.timer = time.AfterFunc(witnessIdleFor, func() { r.expire(w) })
		if len(r.idle) > specIdleWitnesses {
			over = r.idle[0]
			r.retire(over)
		}
	}
	r.mu.Unlock()
	if over != nil {
		over.close()
	}
}

func (r *registry) expire(w *witness) {
	r.mu.Lock()
	over := w.uses == 0 && r.current[w.dir] == w
	if over {
		r.retire(w)
	}
	r.mu.Unlock()
	if over {
		w.close()
	}
}

// retire makes it one that is not named again. The mutex is held.
func (r *registry) retire(w *witness) {
	r.wake(w)
	if r.current[w.dir] == w {
		delete(r.current, w.dir)
	}
}

// wake takes it out of the idle ones. The mutex is held.
func (r *registry) wake(w *witness) {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	r.idle = slices.DeleteFunc(r.idle, func(each *witness) bool { return each == w })
}
