package sidecar

import (
	"cmp"
	"os"

	"github.com/openclaw/lock-helpers/go/internal/text"
)

// WitnessPolicy says whether a process has a socket beside its locks, which tells other containers that it lives.
type WitnessPolicy string

// The policies of [WithWitness].
const (
	// WitnessAuto: inside a container, that is in another PID namespace than the initial one, and where it can be made.
	WitnessAuto WitnessPolicy = "auto"
	// WitnessAlways: or the acquire fails, with [ErrUnsupported] or the code of the failing system call.
	WitnessAlways WitnessPolicy = "always"
	// WitnessNever: no socket.
	WitnessNever WitnessPolicy = "never"
)

const (
	witnessVariable   = "OPENCLAW_LOCKS_WITNESS"
	trustPIDsVariable = "OPENCLAW_LOCKS_TRUST_PIDS"
)

// fromEnvironment decides what no option has decided, or says what is wrong with it (WITNESS-1, VERDICT-13).
func (s *settings) fromEnvironment() string {
	name := "the witness policy"
	if s.witness == "" {
		name = witnessVariable
		s.witness = WitnessPolicy(cmp.Or(os.Getenv(witnessVariable), string(WitnessAuto)))
	}
	switch s.witness {
	case WitnessAuto, WitnessAlways, WitnessNever:
	default:
		return name + ` must be auto, always or never, and is "` + text.Escape(string(s.witness), text.MaxName) + `"`
	}
	if s.trustPIDs == nil {
		given := os.Getenv(trustPIDsVariable)
		if given != "" && given != "0" && given != "1" {
			return trustPIDsVariable + ` must be 1 or 0, and is "` + text.Escape(given, text.MaxName) + `"`
		}
		trust := given == "1"
		s.trustPIDs = &trust
	}
	return ""
}

// wantsWitness: where our PID namespace cannot be read, it may be a container's.
func (s *settings) wantsWitness() bool {
	return s.witness == WitnessAlways ||
		s.witness == WitnessAuto && hasWitnesses && self().PIDNamespace != initialPIDNamespace
}
