//go:build !linux

package sidecar

import (
	"os"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

func readIdentity() (found evidence.Identity, err error) {
	start, err := startTimeOf(int64(os.Getpid()))
	if err == nil {
		found.Starttime = &start
	}
	if !isAny(err, exhausted) {
		err = nil
	}
	return found, err
}
