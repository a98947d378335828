// Package provider is an authorization server for tests: it rotates refresh tokens, revokes the whole family when one is
// used twice, and counts.
package provider

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Provider is a running server.
type Provider struct {
	URL string

	mu      sync.Mutex
	server  *httptest.Server
	valid   string
	access  string
	revoked bool
	posts   map[string]int
	plans   []Plan
	// Posted gets the number of each request when it has arrived.
	Posted chan int
	count  int

	// ExpiresIn is what it says of new tokens, in seconds.
	ExpiresIn float64
	// More is added to each answer.
	More map[string]any
}

// Plan is what happens to one request.
type Plan struct {
	// Hold is waited for when the token has been rotated, before the answer.
	Hold chan struct{}
	// Drop closes the connection instead of answering; Before does so before the token is rotated.
	Drop, Before bool
	// Status and Body are answered without rotating.
	Status int
	Body   string
	Header http.Header
}

// New starts a provider that knows one login.
func New() *Provider {
	p := &Provider{posts: map[string]int{}, Posted: make(chan int, 1000), ExpiresIn: 3600}
	p.valid, p.access = token("refresh"), token("access")
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	p.URL = p.server.URL + "/token"
	return p
}

// Close ends it.
func (p *Provider) Close() { p.server.Close() }

func token(kind string) string { return kind + "-" + rand.Text() }

// Next plans for the next requests, one each.
func (p *Provider) Next(plans ...Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plans = append(p.plans, plans...)
}

// Tokens are the refresh token that is valid now, and the newest access token.
func (p *Provider) Tokens() (refresh, access string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.valid, p.access
}

// Alive is false when a token has been used twice.
func (p *Provider) Alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.revoked
}

// Posts is how many requests there were, and how many at most with one token.
func (p *Provider) Posts() (all, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, count := range p.posts {
		all += count
		most = max(most, count)
	}
	return all, most
}

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	plan, sent, number := p.arrived(r)
	p.Posted <- number
	if plan.Status != 0 {
		for key, values := range plan.Header {
			w.Header()[key] = values
		}
		w.WriteHeader(plan.Status)
		_, _ = fmt.Fprint(w, plan.Body)
		return
	}
	if plan.Before {
		drop(w)
		return
	}
	status, answer := p.rotate(sent)
	if plan.Hold != nil {
		<-plan.Hold
	}
	if plan.Drop {
		drop(w)
		return
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (p *Provider) arrived(r *http.Request) (Plan, string, int) {
	sent := r.PostFormValue("refresh_token")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts[sent]++
	p.count++
	var plan Plan
	if len(p.plans) > 0 {
		plan, p.plans = p.plans[0], p.plans[1:]
	}
	return plan, sent, p.count
}

func (p *Provider) rotate(sent string) (int, map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if sent != p.valid || p.revoked {
		p.revoked = true
		return http.StatusBadRequest, map[string]any{"error": "invalid_grant"}
	}
	p.valid, p.access = token("refresh"), token("access")
	answer := map[string]any{
		"access_token": p.access, "refresh_token": p.valid, "expires_in": p.ExpiresIn, "token_type": "Bearer",
	}
	for key, value := range p.More {
		answer[key] = value
	}
	return http.StatusOK, answer
}

func drop(w http.ResponseWriter) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}
