package sidecar

import (
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// How long a waiter does without looking through a holder's descriptors, or through all processes, again. Who waits
// looks forty times a second; a holder with ten thousand descriptors must not pay for that.
const (
	rememberFor = 250 * time.Millisecond
	// A witness is asked more often: its answer is what a waiter in a container waits for.
	rememberWitnessFor = 100 * time.Millisecond
)

// memory keeps expensive evidence about one lock, as long as its bytes and modification time stay the same. A nil
// memory remembers nothing.
type memory struct {
	openAt  time.Time
	open    evidence.Descriptor
	openPID int64
	started int64

	foundAt time.Time
	found   evidence.Search

	askedAt time.Time
	answer  evidence.Witness

	usedAt time.Time
	used   string
}

// onlyRefusal forgets all that somebody could have changed since. A refusal stands for the bytes of the lock: nobody
// ever listens at that name again (WITNESS-8).
func (m *memory) onlyRefusal() *memory {
	if m != nil && m.answer == evidence.WitnessRefused {
		return &memory{answer: m.answer}
	}
	return &memory{}
}

// descriptor holds only for the very process that it was about: one with the same start time.
func (m *memory) descriptor(pid int64, started *int64, look func() evidence.Descriptor) evidence.Descriptor {
	if m == nil || started == nil {
		return look()
	}
	if m.open == "" || m.openPID != pid || m.started != *started || time.Since(m.openAt) > rememberFor {
		m.open, m.openPID, m.started, m.openAt = look(), pid, *started, time.Now()
	}
	return m.open
}

func (m *memory) search(look func() evidence.Search) evidence.Search {
	if m == nil {
		return look()
	}
	if m.found == "" || time.Since(m.foundAt) > rememberFor {
		m.found, m.foundAt = look(), time.Now()
	}
	return m.found
}

func (m *memory) witness(ask func() evidence.Witness) evidence.Witness {
	if m == nil {
		return ask()
	}
	if m.answer == "" || m.answer != evidence.WitnessRefused && time.Since(m.askedAt) > rememberWitnessFor {
		m.answer, m.askedAt = ask(), time.Now()
	}
	return m.answer
}

// abandonment is whether somebody still uses a foreign lock.
func (m *memory) abandonment(look func() string) string {
	if m == nil {
		return look()
	}
	if m.used == "" || time.Since(m.usedAt) > rememberFor {
		m.used, m.usedAt = look(), time.Now()
	}
	return m.used
}
