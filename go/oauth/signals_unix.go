//go:build unix

package oauth

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// held keeps TERM, INT and HUP from ending the process while a token is under way (REFRESH-8).
var held signals

type signals struct {
	mu      sync.Mutex
	flights int
	current *holding
}

// holding is from the first of several flights to the end of the last.
type holding struct {
	arrived chan os.Signal
	ended   chan struct{}
	settled chan caught
}

type caught struct {
	signal os.Signal
	at     time.Time
}

// A program's own handler, such as signal.NotifyContext's, cancels within this time of the signal.
const handlersTake = time.Second

// hold is called with the intent, and what it returns when the flight has settled. A signal of the meantime is then sent
// again: without a handler it ends the process, with the status that it always has. cancelledAt says when the caller's
// context was cancelled: at about the time of the signal, a handler of the program's own has done that, and the signal is
// not repeated.
func (s *signals) hold() (settle func(cancelledAt time.Time)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flights++
	if s.flights == 1 {
		s.current = newHolding()
	}
	return s.settle
}

func (s *signals) settle(cancelledAt time.Time) {
	s.mu.Lock()
	s.flights--
	over := s.current
	last := s.flights == 0
	s.mu.Unlock()
	if !last {
		return
	}
	signal.Stop(over.arrived)
	close(over.ended)
	if first := <-over.settled; first.signal != nil && cancelledAt.Sub(first.at).Abs() > handlersTake {
		raise(first.signal)
	}
}

func newHolding() *holding {
	h := &holding{arrived: make(chan os.Signal, 8), ended: make(chan struct{}), settled: make(chan caught, 1)}
	for _, each := range []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if !signal.Ignored(each) {
			signal.Notify(h.arrived, each)
		}
	}
	go h.listen()
	return h
}

// listen lets a signal of which a second one comes take effect at once, and else tells of the first one at the end.
func (h *holding) listen() {
	var first caught
	seen := map[os.Signal]bool{}
	note := func(each os.Signal) {
		if first.signal == nil {
			first = caught{each, time.Now()}
		}
	}
	for {
		select {
		case each := <-h.arrived:
			if seen[each] {
				signal.Stop(h.arrived)
				raise(each)
			}
			seen[each] = true
			note(each)
		case <-h.ended:
			// None arrives any more, but one may have been missed by the chance of the select.
			for len(h.arrived) > 0 {
				note(<-h.arrived)
			}
			h.settled <- first
			return
		}
	}
}

// raise sends a signal again, and gives it time to end the process.
func raise(each os.Signal) {
	_ = syscall.Kill(os.Getpid(), each.(syscall.Signal))
	time.Sleep(100 * time.Millisecond)
}
