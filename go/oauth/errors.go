package oauth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/text"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// Code is the stable name of an outcome, the same in every language (spec/refresh.md). Each code is itself an error, to be
// looked for with [errors.Is].
type Code string

// The outcomes other than success. Every one comes as an [*Error]. Besides them there are the codes of package store,
// where the store cannot be read or could not be replaced (no request has been made then), those of package sidecar, and
// the error of a context that was cancelled before anything was sent.
const (
	// ErrContention: the wait for a lock, or for a refresh under way, has ended. The login is not affected.
	ErrContention Code = "refresh_contention"
	// ErrRejected: the provider said no, now or before. Sign in again.
	ErrRejected Code = "refresh_rejected"
	// ErrOutcomeUnknown: somebody has sent this token, and nobody knows the answer. Sign in again, or see [ResendIfDead].
	ErrOutcomeUnknown Code = "refresh_outcome_unknown"
	// ErrNotSaved: refreshed, and not saved. Mend the cause, then [Error.RetrySave].
	ErrNotSaved Code = "refresh_not_saved"
	// ErrFailed: no request was accepted. Try again.
	ErrFailed Code = "refresh_failed"
	// ErrIdentity: the provider answered for another account. Sign in with the right one.
	ErrIdentity Code = "refresh_identity"
	// ErrUnavailable: there is nothing that could be refreshed. Sign in.
	ErrUnavailable Code = "refresh_unavailable"
)

// Error is the code itself.
func (c Code) Error() string { return string(c) }

// Error tells why there is no fresh credential. No token is in it, however it is printed or serialised.
type Error struct {
	// Code is what to act on.
	Code Code
	// Hint is one sentence: the next step.
	Hint string
	// Intent is the path of the intent that it is about, if there is one.
	Intent string
	// Waited is how long the call had waited.
	Waited time.Duration
	// Holder is who had the lock, or refreshes; nil where nobody is known.
	Holder *sidecar.Holder
	// Reason is the provider's word with [ErrRejected], such as invalid_grant.
	Reason string
	// Err is the cause: a lock's or a store's error, the text of the refresh function's, or nil.
	Err error

	what string
	// back hands a completed refresh back. It is a function, so that nothing prints it.
	back func() *unsaved
}

// Error is one line for people. Its wording may change, its Code will not.
func (e *Error) Error() string {
	line := string(e.Code) + ": " + e.what
	if e.Waited > 0 {
		line += ", waited " + text.Seconds(e.Waited)
	}
	return line + "; " + e.Hint
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is says whether target is this error's [Code].
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Credential is the new credential, with [ErrNotSaved] and [ErrIdentity]: the only copy there is. Else it is the zero one.
func (e *Error) Credential() Credential {
	if e.back == nil {
		return Credential{}
	}
	return e.back().credential
}

// RetrySave tries to save the new credential again, with [ErrNotSaved] and [ErrIdentity]. It takes the locks anew, and saves
// only over the credential that was refreshed. Once it has succeeded it answers the same again. The context bounds the
// wait for the locks.
func (e *Error) RetrySave(ctx context.Context) (*Result, error) {
	if e.back == nil {
		return nil, errors.New("there is nothing to save")
	}
	return e.back().retry(ctx)
}

// RejectedError is what a refresh function returns when the provider's answer is a final no to this token, such as
// invalid_grant.
type RejectedError struct {
	// Reason is the OAuth error code alone.
	Reason string
}

// Error implements error.
func (e *RejectedError) Error() string { return "the provider has rejected the token" }

// NotSentError is what a refresh function returns when nothing can have been consumed: no connection was made, the
// caller's own fault (invalid_client), 429, or 503 with Retry-After. After it the token may be sent again.
type NotSentError struct{ Err error }

// Error implements error.
func (e *NotSentError) Error() string { return fmt.Sprintf("not sent: %v", e.Err) }

// Unwrap is the cause.
func (e *NotSentError) Unwrap() error { return e.Err }
