package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openclaw/lock-helpers/go/internal/provider"
)

func newLogin(t *testing.T) (*provider.Provider, string) {
	t.Helper()
	p := provider.New()
	t.Cleanup(p.Close)
	path := filepath.Join(t.TempDir(), "tokens.json")
	refresh, access := p.Tokens()
	content := fmt.Sprintf(`{"a":{"refresh":%q,"access":%q,"expires":1}}`, refresh, access)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return p, path
}

const refreshRequest = `{"id":1,"verb":"refresh","store":%q,"at":["a"],"url":%q,"clientId":"script","resend":"never","options":{"timeoutMs":30000,"staleMs":30000}}`

func TestARefreshIsMadeOnceAndToldTheSecondTime(t *testing.T) {
	p, path := newLogin(t)
	s := newClient(t)
	for _, how := range []string{"refreshed", "fresh"} {
		told := s.ask(refreshRequest, path, p.URL)
		_, access := p.Tokens()
		s.expect(told, "how", how)
		s.expect(told, "access", access)
		if expires, is := told["expires"].(float64); !is || expires < 1e12 {
			t.Errorf("expires %v", told["expires"])
		}
	}
}

func TestARefusalThatHandsBackHasAHandleAndNoToken(t *testing.T) {
	p, path := newLogin(t)
	p.Next(provider.Plan{Status: 400, Body: `{"error":"invalid_grant"}`})
	s := newClient(t)
	refused := s.ask(refreshRequest, path, p.URL)
	s.expect(refused, "code", "refresh_rejected")
	whole, _ := json.Marshal(refused)
	if refresh, access := p.Tokens(); strings.Contains(string(whole), refresh) || strings.Contains(string(whole), access) {
		t.Errorf("a token in %s", whole)
	}
	hold := make(chan struct{})
	p.Next(provider.Plan{Hold: hold})
	_, path = newLogin(t)
	refresh, access := p.Tokens()
	content := fmt.Sprintf(`{"a":{"refresh":%q,"access":%q,"expires":1}}`, refresh, access)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s.send(refreshRequest, path, p.URL)
	for range 2 {
		<-p.Posted
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	close(hold)
	refused = s.receive()
	s.expect(refused, "code", "refresh_not_saved")
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	handle := refused["error"].(map[string]any)["handle"]
	s.expect(s.ask(`{"id":2,"verb":"retry-save","handle":%q}`, handle), "how", "refreshed")
	s.expect(s.ask(refreshRequest, path, p.URL), "how", "fresh")
}

func TestThePureVerbsOfARefreshAnswer(t *testing.T) {
	s := newClient(t)
	s.expect(s.ask(`{"id":1,"verb":"generation","refresh":"a\u0000b"}`), "code", "refresh_unavailable")
	if told := s.ask(`{"id":1,"verb":"generation","refresh":"r","access":7}`); len(told["generation"].(string)) != 64 {
		t.Errorf("%v", told)
	}
	s.expect(s.ask(`{"id":1,"verb":"fresh","first":null,"credential":{"access":"a","expires":400001},"rejected":null,"now":100000}`), "fresh", true)
	merged := s.ask(`{"id":1,"verb":"merge","stored":{"x":1},"answer":{"access_token":"a","expires_in":1},"requestedAt":5}`)
	if got := fmt.Sprint(merged["credential"]); got != "map[access:a expires:1005 x:1]" {
		t.Errorf("%s", got)
	}
	s.expect(s.ask(`{"id":1,"verb":"merge","stored":{},"answer":[],"requestedAt":5}`), "code", "refresh_outcome_unknown")
}
