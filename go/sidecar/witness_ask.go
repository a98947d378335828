package sidecar

import (
	"errors"
	"path/filepath"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// witness is WITNESS-7: does anybody listen at the socket that the lock names?
func (o *observer) witness(recorded *int64) evidence.Witness {
	name := o.content.Strings["witness"]
	if name == "" {
		return evidence.WitnessUnknown
	}
	return o.memory.witness(func() evidence.Witness { return o.ask(name, recorded) })
}

func (o *observer) ask(name string, recorded *int64) evidence.Witness {
	peer, err := o.sys.Connect(filepath.Join(o.file.Dir, name))
	switch {
	case errors.Is(err, syscall.EAGAIN):
		return evidence.WitnessAnswers
	case errors.Is(err, syscall.ECONNREFUSED):
		return evidence.WitnessRefused
	case err != nil:
		return evidence.WitnessUnknown
	case peer != 0 && o.isDead(peer, recorded):
		return evidence.WitnessInherited
	}
	return evidence.WitnessAnswers
}

// isDead says whether the maker of a socket is, so that it is a fork of it that has the socket open now. The number may
// be another process's since.
func (o *observer) isDead(peer int64, recorded *int64) bool {
	switch o.process(peer) {
	case evidence.ProcessGone, evidence.ProcessZombie:
		return true
	}
	return o.start(recorded, o.startOf(peer)) == evidence.StartDiffers
}
