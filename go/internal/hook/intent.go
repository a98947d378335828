package hook

import (
	"errors"
	"time"
)

// ErrTaken says that somebody else was faster, or that there is reason to look again.
var ErrTaken = errors.New("taken by another process")

// OpenIntent is the place of the intent of a generation in a directory (REFRESH-4). The options are those of package
// sidecar. Nothing is made. Package sidecar fills it.
var OpenIntent func(dir, generation string, options any) (IntentFile, error)

// IntentFile is where an intent may be.
type IntentFile interface {
	Path() string
	// Look judges what is there.
	Look() IntentState
	// Publish makes an intent "sent", exclusively, which survives a crash of the machine; or ErrTaken.
	Publish() (Intent, error)
	// Replace puts an intent "sent" in the place of one that was seen, and of which nothing will be sent any more; or
	// ErrTaken.
	Replace(seen IntentState) (Intent, error)
}

// IntentState is what stands at the place of an intent.
type IntentState struct {
	There bool
	// Readable: it is an intent of this generation. Else Fault says what it is.
	Readable bool
	Fault    string
	// State is "sent", "rejected" or "unknown", Reason an OAuth error code.
	State, Reason string
	// Dead: its maker is conclusively so.
	Dead bool
	// Age is the time since it was made, for people.
	Age time.Duration
	// Holder is its maker, a *sidecar.Holder.
	Holder any
	// Found is for Replace.
	Found any
}

// Intent is one of our own. All of it does nothing where the file is not ours any more.
type Intent interface {
	// Settle changes the state, by rename.
	Settle(state, reason string)
	// Remove takes it away.
	Remove()
	// TakeBack takes away the intent of a request that was not made. One that has replaced another becomes "unknown": that
	// other's token has been sent.
	TakeBack()
}
