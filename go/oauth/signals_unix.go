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
	arrived chan os.Signal
	ended   chan struct{}
	first   os.Signal
	at      time.Time
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
		s.begin()
	}
	return s.settle
}

func (s *signals) begin() {
	s.first, s.arrived, s.ended = nil, make(chan os.Signal, 8), make(chan struct{})
	for _, each := range []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if !signal.Ignored(each) {
			signal.Notify(s.arrived, each)
		}
	}
	go s.listen(s.arrived, s.ended)
}

func (s *signals) listen(arrived <-chan os.Signal, ended <-chan struct{}) {
	seen := map[os.Signal]bool{}
	for {
		select {
		case each := <-arrived:
			if seen[each] {
				s.release(each)
				return
			}
			seen[each] = true
			s.mu.Lock()
			if s.first == nil {
				s.first, s.at = each, time.Now()
			}
			s.mu.Unlock()
		case <-ended:
			return
		}
	}
}

// release lets a signal of which a second one has come take effect at once.
func (s *signals) release(again os.Signal) {
	s.mu.Lock()
	signal.Stop(s.arrived)
	s.first = nil
	s.mu.Unlock()
	raise(again)
}

func (s *signals) settle(cancelledAt time.Time) {
	s.mu.Lock()
	s.flights--
	if s.flights > 0 {
		s.mu.Unlock()
		return
	}
	signal.Stop(s.arrived)
	close(s.ended)
	first, at := s.first, s.at
	for pending := true; pending && first == nil; {
		select {
		case first = <-s.arrived:
			at = time.Now()
		default:
			pending = false
		}
	}
	s.mu.Unlock()
	if first != nil && cancelledAt.Sub(at).Abs() > handlersTake {
		raise(first)
	}
}

// raise sends a signal again, and gives it time to end the process.
func raise(each os.Signal) {
	_ = syscall.Kill(os.Getpid(), each.(syscall.Signal))
	time.Sleep(100 * time.Millisecond)
}
