// Package oauth refreshes a login that several programs share, with one request for each refresh token (spec/refresh.md).
//
// A refresh token is single-use: two requests with one revoke the login at most providers, and so does a rotation whose
// answer is lost. So one program at a time refreshes, nobody without a second look; what is being sent is noted beside
// the store before it is sent, so that no token goes out twice, whoever is killed; and an answer is saved whatever becomes
// of the caller's patience.
//
//	result, err := oauth.RefreshStored(ctx, "tokens.json", []string{"xai"}, oauth.Endpoint(tokenURL, clientID, nil))
//
// Failures are of type [*Error], told apart with errors.Is and the codes of this package. Nothing of this package shows a
// token when it is printed, logged or serialised; only the methods that are there for it do.
package oauth
