//go:build !linux

package sidecar

import (
	"os"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

func readIdentity() evidence.Identity {
	var found evidence.Identity
	if start, err := startTimeOf(int64(os.Getpid())); err == nil {
		found.Starttime = &start
	}
	return found
}
