package oauth

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/provider"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// roleVariable makes this test binary play a part in another process instead of running tests.
const roleVariable = "LOCK_TEST_ROLE"

// roles are told their arguments, and speak to the test in lines.
var roles = map[string]func(args []string) error{}

func TestMain(m *testing.M) {
	role := os.Getenv(roleVariable)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := roles[role](os.Args[1:]); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

func start(t *testing.T, role string, args ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, stdin: stdin, lines: bufio.NewScanner(stdout)}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	return p
}

func (p *process) line() string {
	p.t.Helper()
	if !p.lines.Scan() {
		return "" // It has ended.
	}
	return p.lines.Text()
}

// login is a store with a login at a provider, whose access token has expired.
type login struct {
	*provider.Provider
	t    *testing.T
	path string
}

var at = []string{"logins", "xai"}

func newLogin(t *testing.T) *login {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l := &login{Provider: provider.New(), t: t, path: filepath.Join(dir, "tokens.json")}
	t.Cleanup(l.Close)
	refresh, access := l.Tokens()
	l.write(refresh, access, time.Now().Add(-time.Hour))
	return l
}

func (l *login) write(refresh, access string, expires time.Time) {
	l.t.Helper()
	r, _ := json.Marshal(refresh)
	a, _ := json.Marshal(access)
	content := fmt.Sprintf("{\n  \"v\": 1.0,\n  \"logins\": {\n    \"xai\": {\"type\": \"oauth\", \"refresh\": %s, \"access\": %s, \"expires\": %d, \"note\": \"kept\"}\n  }\n}\n",
		r, a, expires.UnixMilli())
	if err := os.WriteFile(l.path+".new", []byte(content), 0o600); err != nil {
		l.t.Fatal(err)
	}
	if err := os.Rename(l.path+".new", l.path); err != nil {
		l.t.Fatal(err)
	}
}

func (l *login) stored() Credential {
	l.t.Helper()
	kept, err := (&stored{path: l.path, keys: at}).read()
	if err != nil {
		l.t.Fatal(err)
	}
	return kept.Credential
}

func (l *login) endpoint() Func { return Endpoint(l.URL, "script", nil) }

func (l *login) refresh(options ...Option) (*Result, error) {
	return RefreshStored(context.Background(), l.path, at, l.endpoint(), options...)
}

// mustHave: the store has what the provider gave last, and the family lives.
func (l *login) mustHave(got *Result, err error, how How) {
	l.t.Helper()
	refresh, access := l.Tokens()
	if err != nil || got.How != how || got.Credential.Access() != access {
		l.t.Fatalf("got %+v, %v", got, err)
	}
	if now := l.stored(); now.RefreshToken() != refresh || now.Access() != access || now.Text("note") != "kept" {
		l.t.Error("another credential is stored")
	}
	if !l.Alive() {
		l.t.Error("the family has been revoked")
	}
}

func (l *login) mustHavePosted(all int) {
	l.t.Helper()
	if got, most := l.Posts(); got != all || most > 1 {
		l.t.Errorf("%d requests, %d with one token, want %d", got, most, all)
	}
}

// mustBeAlone: nothing but the store, and what is named, is in its directory.
func (l *login) mustBeAlone(intents int) {
	l.t.Helper()
	sidecar.CloseIdleWitnesses()
	names, err := os.ReadDir(filepath.Dir(l.path))
	if err != nil {
		l.t.Fatal(err)
	}
	found := 0
	for _, each := range names {
		switch name := each.Name(); {
		case name == filepath.Base(l.path):
		case strings.HasPrefix(name, ".openclaw-refresh-") && strings.HasSuffix(name, ".json"):
			found++
		default:
			l.t.Errorf("left behind: %s", name)
		}
	}
	if found != intents {
		l.t.Errorf("%d intents, want %d", found, intents)
	}
}

// intent is the state of the only intent there is.
func (l *login) intent() (state, reason string) {
	l.t.Helper()
	paths, _ := filepath.Glob(filepath.Join(filepath.Dir(l.path), ".openclaw-refresh-*.json"))
	if len(paths) != 1 {
		l.t.Fatalf("intents: %v", paths)
	}
	raw, err := os.ReadFile(paths[0])
	if err != nil {
		l.t.Fatal(err)
	}
	l.mustHide(string(raw))
	info, _ := os.Stat(paths[0])
	var said struct{ State, Reason string }
	if err := json.Unmarshal(raw, &said); err != nil || info.Mode().Perm() != 0o600 {
		l.t.Fatalf("%v, mode %v", err, info.Mode())
	}
	return said.State, said.Reason
}

func (l *login) mustHide(shown string) {
	l.t.Helper()
	if strings.Contains(shown, "refresh-") && strings.Contains(shown, "access-") {
		for _, word := range strings.FieldsFunc(shown, func(r rune) bool { return strings.ContainsRune("\" ,:{}[]()&=\n", r) }) {
			if strings.HasPrefix(word, "access-") || strings.HasPrefix(word, "refresh-") && !strings.HasSuffix(word, ".json") {
				l.t.Errorf("shows a token: %s", shown)
				return
			}
		}
	}
	stored := l.stored()
	refresh, access := l.Tokens()
	for _, token := range []string{refresh, access, stored.RefreshToken(), stored.Access()} {
		if token != "" && strings.Contains(shown, token) {
			l.t.Errorf("shows a token: %s", shown)
		}
	}
}

// mustFail checks the code, and that the error shows no token in any way that Go has.
func (l *login) mustFail(err error, code error) *Error {
	l.t.Helper()
	if !errors.Is(err, code) {
		l.t.Fatalf("got %v, want %v", err, code)
	}
	l.mustHide(everything(err))
	var failed *Error
	if errors.As(err, &failed) {
		if failed.Hint == "" {
			l.t.Error("no next step")
		}
		l.mustHide(everything(*failed))
	}
	return failed
}

func everything(shown any) string {
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb, shown)
		fmt.Fprintf(&out, verb, []any{struct{ in any }{shown}})
	}
	coded, _ := json.Marshal(shown)
	out.Write(coded)
	_ = gob.NewEncoder(&out).Encode(shown)
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("shown", "it", shown)
	}
	if err, is := shown.(error); is {
		for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
			out.WriteString(everything(cause))
		}
	}
	return out.String()
}

// onPoint calls back at a point, once.
func onPoint(t *testing.T, name string, call func()) {
	t.Helper()
	called := false
	reached := func(at string) {
		if at == name && !called {
			called = true
			call()
		}
	}
	hook.Point.Store(&reached)
	t.Cleanup(func() {
		hook.Point.Store(nil)
		if !called {
			t.Errorf("the point %s was never reached", name)
		}
	})
}

func (l *login) loseLock() {
	l.t.Helper()
	if err := os.Remove(l.path + ".lock"); err != nil {
		l.t.Error(err)
	}
}
