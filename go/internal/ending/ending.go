// Package ending decides what becomes of a signal that is to end the program while something must settle first: a token
// under way (REFRESH-8), or locks that are to be released (RELEASE-10). One place for both: each on its own would let the
// other's signal end the program too soon.
package ending

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"time"
)

// A program's own handler, such as signal.NotifyContext's, cancels within this time of the signal.
const handlersTake = time.Second

var state = coordinator{watches: map[os.Signal]*watch{}, seen: map[os.Signal]bool{}}

type coordinator struct {
	// sections are what must not be cut in two by a release: who is in one has looked whether it holds its lock.
	sections sync.RWMutex

	mu sync.Mutex
	// flights are all, holding those of them that keep signals from ending the process.
	flights, holding int
	asked            []os.Signal
	asking           int
	release          func()
	watches          map[os.Signal]*watch
	first            caught
	seen             map[os.Signal]bool
	releasing        bool
	over             *sync.Cond
}

type caught struct {
	signal os.Signal
	at     time.Time
}

type watch struct {
	arrived chan os.Signal
	ended   chan struct{}
}

func init() { state.over = sync.NewCond(&state.mu) }

// Enter begins a section that a release for a signal waits for; it must be short, and call what it returns. It waits
// itself while such a release is going on, which mostly ends the process. Sections do not nest.
func Enter() (leave func()) {
	state.sections.RLock()
	return state.sections.RUnlock
}

// Hold is called by a flight with its intent, and what it returns when that has settled. Until then no release for a
// signal begins. With signals, TERM, INT and HUP do not end the process either: a signal of the meantime is sent again when
// the last flight has settled, so that the process ends with the status that it always has. cancelledAt says when the
// caller's context was cancelled: at about the time of the signal, a handler of the program's own has done that, and the
// signal is not repeated.
func Hold(signals bool) (settle func(cancelledAt time.Time)) {
	state.hold(signals)
	return func(cancelledAt time.Time) { state.settle(signals, cancelledAt) }
}

func (c *coordinator) hold(signals bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.releasing {
		c.over.Wait()
	}
	c.flights++
	if signals {
		c.holding++
		c.rewatch()
	}
}

func (c *coordinator) settle(signals bool, cancelledAt time.Time) {
	c.mu.Lock()
	c.flights--
	if signals {
		c.holding--
	}
	c.rewatch()
	c.mu.Unlock()
	c.proceed(cancelledAt)
}

// OnSignals asks for release to be called when one of these signals is to end the process, which is then ended by it. What
// it returns undoes that. To ask twice is as to ask once.
func OnSignals(release func(), signals []os.Signal) (undo func()) {
	c := &state
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.asked) == 0 {
		c.asking++
	}
	mine := c.asking
	c.release = release
	for _, each := range signals {
		if !slices.Contains(c.asked, each) {
			c.asked = append(c.asked, each)
		}
	}
	c.rewatch()
	return func() {
		c.mu.Lock()
		if c.asking == mine {
			c.asked = nil
			c.rewatch()
		}
		c.mu.Unlock()
		c.proceed(time.Time{})
	}
}

// rewatch watches what is to be watched, and nothing that is ignored. The mutex is held.
func (c *coordinator) rewatch() {
	wanted := slices.Clone(c.asked)
	if c.holding > 0 {
		wanted = append(wanted, heldByFlights...)
	}
	for each, watching := range c.watches {
		if !slices.Contains(wanted, each) {
			c.unwatch(each, watching)
		}
	}
	for _, each := range wanted {
		if c.watches[each] == nil && !signal.Ignored(each) {
			watching := &watch{arrived: make(chan os.Signal, 8), ended: make(chan struct{})}
			c.watches[each] = watching
			signal.Notify(watching.arrived, each)
			go c.listen(watching)
		}
	}
}

// unwatch loses none that has arrived by then. The mutex is held.
func (c *coordinator) unwatch(each os.Signal, watching *watch) {
	signal.Stop(watching.arrived)
	delete(c.watches, each)
	close(watching.ended)
	for len(watching.arrived) > 0 {
		c.note(<-watching.arrived)
	}
}

func (c *coordinator) listen(watching *watch) {
	for {
		select {
		case each := <-watching.arrived:
			c.arrive(each)
		case <-watching.ended:
			return
		}
	}
}

// note keeps the first of them. The mutex is held.
func (c *coordinator) note(each os.Signal) {
	if c.first.signal == nil {
		c.first = caught{each, time.Now()}
	}
	c.seen[each] = true
}

func (c *coordinator) arrive(each os.Signal) {
	c.mu.Lock()
	isAsked := slices.Contains(c.asked, each)
	if c.releasing || c.seen[each] || isAsked && c.first.signal != nil {
		// A second one takes effect at once, whatever is under way.
		for each, watching := range c.watches {
			c.unwatch(each, watching)
		}
		c.mu.Unlock()
		raise(each)
		c.mu.Lock()
		c.rewatch()
		c.mu.Unlock()
		return
	}
	c.note(each)
	c.mu.Unlock()
	c.proceed(time.Time{})
}

// proceed ends the process, or lets the program's own handler do that, if a signal has been caught and nothing keeps it
// back any more.
func (c *coordinator) proceed(cancelledAt time.Time) {
	c.mu.Lock()
	first := c.first
	isAsked := slices.Contains(c.asked, first.signal)
	if first.signal == nil || c.releasing || c.holding > 0 || isAsked && c.flights > 0 {
		c.mu.Unlock()
		return
	}
	c.first, c.seen = caught{}, map[os.Signal]bool{}
	isHandled := cancelledAt.Sub(first.at).Abs() <= handlersTake
	c.releasing = isAsked
	release := c.release
	c.mu.Unlock()
	if isAsked {
		c.sections.Lock()
		release()
	}
	if !isHandled {
		c.end(first.signal)
	}
	if isAsked {
		c.sections.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.releasing = false
	c.rewatch()
	c.over.Broadcast()
}

// end is survived where the program has a handler of its own.
func (c *coordinator) end(by os.Signal) {
	c.mu.Lock()
	if watching := c.watches[by]; watching != nil {
		c.unwatch(by, watching)
		c.first, c.seen = caught{}, map[os.Signal]bool{}
	}
	c.mu.Unlock()
	raise(by)
}
