//go:build !linux

package sidecar

import "errors"

// Only Linux has PID namespaces, and only there does a process have a witness.
const hasWitnesses = false

func listen(string) (*witness, error) { return nil, errors.ErrUnsupported }

func (w *witness) isThere() bool { return false }
func (w *witness) close()        {}
func (w *witness) drain()        {}

func (machine) Connect(string) (int64, error) { return 0, errors.ErrUnsupported }
