// Package openclaw shares the logins of an OpenClaw on this machine (spec/state.md): it finds them, and up to OpenClaw
// 2026.6.1, whose store is the file auth-profiles.json, refreshes them as OpenClaw itself does, under the same locks.
//
//	token, err := openclaw.RefreshCredential(ctx, openclaw.Profile{Provider: "xai", ID: "xai:default"},
//		oauth.Endpoint(tokenURL, clientID, nil))
//
// Later releases keep logins in SQLite, which the standard library of Go cannot read. There every call is refused with
// store.ErrUnsupported, whose Hint says what to do instead: let OpenClaw refresh, or sign in a second time for the script
// and keep that login in a [Cache] of its own. Never copy OpenClaw's refresh token: it is single-use, and whichever of the
// two refreshes second revokes the login for both.
package openclaw
