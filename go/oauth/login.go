package oauth

import (
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// Login is one login in a store of any kind, for [Refresh]. [RefreshStored] is that for a JSON file.
type Login struct {
	// Locks are the targets of the locks that guard it, in their fixed order, the same for everybody.
	Locks []string
	// Intents is a directory, the same for everybody.
	Intents string
	// Watch are the files whose change may mean a new credential; what Locks names unless given.
	Watch []string
	// Read reads the credential, with and without the locks held; a Kept without a credential where there is none.
	Read func() (Kept, error)
	// Reserve makes sure, before a token is sent, that the result can be saved; discard is called at the end. May be nil:
	// then a refresh can end in [ErrNotSaved] for want of room.
	Reserve func() (discard func(), err error)
	// Adopt may find a credential elsewhere that does as well as the one that was read. May be nil.
	Adopt func(now Credential) (Credential, bool)
	// Check refuses a credential that must be neither used nor refreshed, with an error that the call then returns. May be
	// nil.
	Check func(now Credential) error
	// BeforeLocks is called when there is reason to take the locks, before that. May be nil.
	BeforeLocks func() error
	// Saved is told the new credential when it has been saved, with the locks still held. May be nil.
	Saved func(next Credential)
}

// Kept is a credential as one read found it.
type Kept struct {
	Credential Credential
	// Save writes the changes over exactly what was read, under the locks, or fails and changes nothing. Where somebody has
	// written meanwhile the error is [store.ErrChanged], and it begins again at the read.
	Save func(changes []Change, locks []*sidecar.Lock) error
}

// Result is a fresh credential.
type Result struct {
	// How says where it comes from.
	How How
	// Credential is the fresh one.
	Credential Credential
}

// How says how a fresh credential was come by.
type How string

// The ways to a fresh credential.
const (
	// Fresh: it was there, and no lock was touched.
	Fresh How = "fresh"
	// Adopted: somebody else has refreshed it meanwhile.
	Adopted How = "adopted"
	// Refreshed: by this call.
	Refreshed How = "refreshed"
)
