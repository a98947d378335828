// Package hook is the door to the inner parts of package sidecar, for this module's own driver. Package sidecar fills
// it when it is loaded; nobody outside the module can import it.
package hook

import (
	"sync/atomic"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

var (
	// Judge is the verdict table.
	Judge func(found evidence.Evidence, policy evidence.Policy) evidence.Answer

	// Observe gathers evidence about a file whose age is quietMs, and silence silentMs.
	Observe func(system evidence.System, file evidence.File, quietMs, silentMs float64, policy evidence.Policy) evidence.Evidence

	// Classify reads the content of a lock.
	Classify func(content []byte) evidence.Classified

	// Token is the token of a held lock: a *sidecar.Lock.
	Token func(lock any) string

	// Witness is the bare name of the witness that a held lock names: a *sidecar.Lock; empty without one.
	Witness func(lock any) string

	// Platform is Node's name of this platform.
	Platform func() string
)

// Point is called at the points of spec/points.md. It is nil unless a test has armed one.
var Point atomic.Pointer[func(name string)]
