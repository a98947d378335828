package sidecar

import (
	"os"
	"sync"

	"github.com/openclaw/lock-helpers/go/internal/ending"
)

// ReleaseOnSignals makes a signal that is to end the program release all locks of this process first: SIGTERM, SIGINT and
// SIGHUP unless others are named. Without it such a signal ends the program at once, as ever: its locks stay, and the next
// contender takes them, since their holder is dead.
//
// When the signal comes, a refresh under way (package oauth) first settles. Then all locks are released, whatever their
// bodies are doing, and the signal is sent again: without a handler of the program's own it ends the program, with the
// status that it always has. Such a handler ([os/signal.Notify]) sees the signal twice, when it comes and when the locks
// are released; a program that has one had better release there. A second signal ends the program at once. A signal that
// is ignored stays ignored. On Windows, which has no signals to send, the program ends as by control-C.
//
// stop undoes it. To ask twice is as to ask once: any stop undoes both.
func ReleaseOnSignals(signals ...os.Signal) (stop func()) {
	if len(signals) == 0 {
		signals = ending.Default()
	}
	return ending.OnSignals(releaseAll, signals)
}

// inHand are the locks of this process that are published, and what has been made of them: nil before Acquire returns.
var inHand = holdings{locks: map[*publication]*Lock{}}

type holdings struct {
	mu    sync.Mutex
	locks map[*publication]*Lock
}

// add is called in a section of package ending: no release is then going on.
func (h *holdings) add(p *publication, lock *Lock) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.locks[p] = lock
}

func (h *holdings) drop(p *publication) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.locks, p)
}

func (h *holdings) has(p *publication) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, known := h.locks[p]
	return known
}

func (h *holdings) all() map[*publication]*Lock {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := make(map[*publication]*Lock, len(h.locks))
	for p, lock := range h.locks {
		found[p] = lock
	}
	return found
}

// releaseAll goes on where one cannot be released: that stays, as after a crash.
func releaseAll() {
	for p, lock := range inHand.all() {
		if lock != nil {
			_ = lock.release(true)
			continue
		}
		// Its acquire has not returned, and will not; or will begin again, where the program lives on.
		_, _ = p.remove(nothing)
		inHand.drop(p)
	}
	leftovers.retry()
	CloseIdleWitnesses()
}
