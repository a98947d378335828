// Package hook is the door to the inner parts of package sidecar and those above it, for the other packages of this module
// and its driver. Each package fills its part when it is loaded; nobody outside the module can import this.
package hook

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

var (
	// Judge is the verdict table.
	Judge func(found evidence.Evidence, policy evidence.Policy) evidence.Answer

	// Observe gathers evidence about a file whose age is quietMs, and silence silentMs.
	Observe func(system evidence.System, file evidence.File, quietMs, silentMs float64, policy evidence.Policy) evidence.Evidence

	// Classify reads the content of a lock.
	Classify func(content []byte) evidence.Classified

	// Foreign names what is no lock of the contract, KernelLocks reads the text of /proc/locks, and Abandoned says whether a
	// foreign lock may be removed.
	Foreign     func(evidence.Stranger) evidence.Named
	KernelLocks func(locks string, major, minor uint64, inode string) []evidence.KernelLockLine
	Abandoned   func(evidence.Abandonment, evidence.Policy) string

	// Token is the token of a held lock: a *sidecar.Lock.
	Token func(lock any) string

	// Witness is the bare name of the witness that a held lock names: a *sidecar.Lock; empty without one.
	Witness func(lock any) string

	// Platform is Node's name of this platform.
	Platform func() string
)

// Point is called at the points of spec/points.md. It is nil unless a test has armed one.
var Point atomic.Pointer[func(name string)]

// Reach tells that a point has been reached.
func Reach(name string) {
	if reached := Point.Load(); reached != nil {
		(*reached)(name)
	}
}

var (
	// CheckOptions refuses wrong options, []sidecar.Option, as an acquire would.
	CheckOptions func(target string, options any) error

	// Carry is the context with a lock, a *sidecar.Lock, in it, so that taking that again fails at once (WAIT-8).
	Carry func(parent context.Context, lock any) context.Context

	// GiveBack releases a lock, a *sidecar.Lock, of whom nobody has a hold any more: what fails is tried again without being
	// asked.
	GiveBack func(lock any) error

	// Look says whether a *sidecar.Lock is held, or why that cannot be known.
	Look func(lock any) (bool, error)

	// CheckTarget refuses what no lock can be for (PATH-3).
	CheckTarget func(target string) error

	// LockPath is where the lock of a target is (PATH-1).
	LockPath func(target string) (string, error)

	// MountPoint says whether a path is a mount point by a mountinfo. Package store fills it.
	MountPoint func(mounts []byte, path string) bool

	// Unsupported is package store's error for a store of another kind. Package store fills it.
	Unsupported func(path, kind, what, hint string) error

	// StoreError is package store's error for a failed system call. Package store fills it.
	StoreError func(path string, err error) error

	// InvalidOption is package sidecar's error for a wrong argument.
	InvalidOption func(target, fault string) error
)

// The pure parts of package oauth, which fills them; credentials and answers are its own types.
var (
	Generation func(credential any) (string, error)
	Fresh      func(first, credential any, rejected string, now time.Time) bool
	// Members are those of a credential.
	Members func(credential any) map[string]any
	// RefreshTimeout is the wait that options, []oauth.Option, allow.
	RefreshTimeout func(options any) time.Duration
	// RefreshError is an *oauth.Error; holder is a *sidecar.Holder or nil.
	RefreshError func(code, what, hint string, holder any, cause error) error
	// Merge answers the changes, by key.
	Merge func(stored, answer any, requested time.Time) (map[string]any, error)
)

// StatePaths is the driver's verb state-paths. Package openclaw fills it.
var StatePaths func(
	env map[string]string, home, dir string, there []string, profile, agentID string, provider *string, profileID string,
) (map[string]any, error)
