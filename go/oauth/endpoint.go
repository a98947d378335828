package oauth

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/openclaw/lock-helpers/go/sidecar"
)

// Func refreshes a credential: it sends its refresh token to the provider, once, and returns what that answered, a
// [*RejectedError], a [*NotSentError], or any other error where nobody can know what became of the token. It must not
// retry, and must see to it that its HTTP client does not: many repeat a form after a redirect. When ctx ends it has 10 s
// to return. ctx does not end with the caller's.
type Func func(ctx context.Context, now Credential) (Answer, error)

const mostOfAnAnswer = 1 << 20

// Endpoint is a [Func] for a public client at an OAuth token endpoint, by a POST of grant_type, client_id and
// refresh_token; more are further members of the form. It follows no redirect, uses no connection twice and no proxy, and
// so cannot send a token a second time by itself.
func Endpoint(tokenURL, clientID string, more url.Values) Func {
	return func(ctx context.Context, now Credential) (Answer, error) {
		form := url.Values{}
		for key, values := range more {
			form[key] = values
		}
		form.Set("grant_type", "refresh_token")
		form.Set("client_id", clientID)
		form.Set("refresh_token", now.RefreshToken())
		return post(ctx, tokenURL, form)
	}
}

func post(ctx context.Context, tokenURL string, form url.Values) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{}, &NotSentError{errors.New("the token endpoint's URL is wrong")}
	}
	// Without it the transport would send the request again where a connection has just been closed.
	request.GetBody = nil
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "openclaw-lock-helpers-go/"+sidecar.Version)
	dialled := &dialer{}
	transport := &http.Transport{DialContext: dialled.dial, DialTLSContext: dialled.dialTLS, DisableKeepAlives: true}
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return Answer{}, failureOf(err, dialled)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostOfAnAnswer+1))
	if err != nil {
		return Answer{}, fmt.Errorf("the answer was cut off (status %d)", response.StatusCode)
	}
	return answerOf(response, body)
}

// dialer knows whether there has been a connection at all.
type dialer struct{ connected atomic.Bool }

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err == nil {
		d.connected.Store(true)
	}
	return connection, err
}

// dialTLS has no connection before the handshake is over: nothing has been sent until then.
func (d *dialer) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	secured := &tls.Dialer{Config: &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}}
	connection, err := secured.DialContext(ctx, network, address)
	if err == nil {
		d.connected.Store(true)
	}
	return connection, err
}

func failureOf(err error, dialled *dialer) error {
	// Without the URL, which may have a secret in it.
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if !dialled.connected.Load() {
		return &NotSentError{fmt.Errorf("no connection to the token endpoint: %w", err)}
	}
	return fmt.Errorf("no answer: %w", err)
}

// answerOf reads a response. What it says of the body is the OAuth error code, and no more.
func answerOf(response *http.Response, body []byte) (Answer, error) {
	status := response.StatusCode
	if status == http.StatusOK {
		answer, err := ParseAnswer(body)
		if err != nil || len(body) > mostOfAnAnswer {
			return Answer{}, errors.New("the answer is no JSON object")
		}
		return answer, nil
	}
	var said struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(body, &said)
	err := fmt.Errorf("the provider answered %d (%s)", status, reasonOf(said.Error))
	switch refused := status == http.StatusBadRequest || status == http.StatusUnauthorized; {
	case refused && said.Error == "invalid_grant":
		return Answer{}, &RejectedError{Reason: said.Error}
	case refused && isCallersFault[said.Error],
		status == http.StatusTooManyRequests,
		status == http.StatusServiceUnavailable && response.Header.Get("Retry-After") != "":
		return Answer{}, &NotSentError{err}
	}
	return Answer{}, err
}

// The codes of RFC 6749, 5.2, that say nothing of the token.
var isCallersFault = map[string]bool{
	"invalid_request": true, "invalid_client": true, "unauthorized_client": true, "unsupported_grant_type": true, "invalid_scope": true,
}

// reasonOf is an OAuth error code that can be shown, and written into an intent.
func reasonOf(said string) string {
	if said == "" || len(said) > 64 || strings.Trim(said, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != "" {
		return "other"
	}
	return said
}
