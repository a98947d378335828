//go:build !linux && !darwin && !windows

package sidecar

import "errors"

// startTimeOf is not known here: a start time in a wrong unit is worse than none (PAYLOAD-2).
func startTimeOf(int64) (int64, error) { return 0, errors.ErrUnsupported }
