//go:build !unix

package oauth

import "time"

var held signals

// signals: there are none here that end a process and could be held.
type signals struct{}

func (*signals) hold() func(time.Time) { return func(time.Time) {} }
