package sidecar

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/hook"
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

// process is a running role. It is killed when the test ends.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

func start(t *testing.T, role string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return startCommand(t, role, exec.Command(self, args...))
}

// startCommand starts what will run this test binary in the end.
func startCommand(t *testing.T, role string, cmd *exec.Cmd) *process {
	t.Helper()
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
	t.Cleanup(p.kill)
	return p
}

// expect waits for the next line, which must be this one.
func (p *process) expect(want string) {
	p.t.Helper()
	if !p.lines.Scan() {
		p.t.Fatalf("the process ended, want %q", want)
	}
	if got := p.lines.Text(); got != want {
		p.t.Fatalf("the process says %q, want %q", got, want)
	}
}

// kill ends it as a crash would, and returns when it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	p.reap()
}

func (p *process) reap() { _ = p.cmd.Wait() }

func newTarget(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "config.json")
}

func mustAcquire(t *testing.T, target string, options ...Option) *Lock {
	t.Helper()
	lock, err := Acquire(context.Background(), target, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Release() })
	return lock
}

func mustRelease(t *testing.T, lock *Lock) {
	t.Helper()
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
}

// mustFail returns the error of an acquire that must end with this code.
func mustFail(t *testing.T, code Code, target string, options ...Option) *Error {
	t.Helper()
	lock, err := Acquire(context.Background(), target, options...)
	if lock != nil {
		_ = lock.Release()
	}
	var failed *Error
	if !errors.Is(err, code) || !errors.As(err, &failed) {
		t.Fatalf("got %v, want %s", err, code)
	}
	return failed
}

// onPoint calls back at a point, once, in this process.
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

func write0644(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func mustBeEmpty(t *testing.T, dir string) {
	t.Helper()
	CloseIdleWitnesses()
	if names := allNamesIn(t, dir); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}

// namesIn are those in a directory but for witnesses, which come and go with their processes.
func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	return slices.DeleteFunc(allNamesIn(t, dir), witnessName.MatchString)
}

func allNamesIn(t *testing.T, dir string) []string {
	t.Helper()
	names, err := readNames(dir)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func payloadText(t *testing.T, payload lockPayload) string {
	t.Helper()
	raw, err := serialise(payload)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// deadPayload is a lock of this contract whose holder is dead: ours, but for a start time that is not.
func deadPayload(t *testing.T, change func(*lockPayload)) string {
	t.Helper()
	if self().Starttime == nil {
		t.Skip("no start times here")
	}
	payload := newPayload(newToken(), "1")
	earlier := *self().Starttime - 1
	payload.Starttime = &earlier
	if change != nil {
		change(&payload)
	}
	return payloadText(t, payload)
}

func readPayload(t *testing.T, path string) (payload lockPayload, raw []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&payload); err != nil {
		t.Fatal(err)
	}
	return payload, raw
}

// eventually waits for what must come to be.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// say is a line to the test that started this role.
func say(line string) { fmt.Println(line) }

func lockID(t *testing.T, lock *Lock) evidence.FileID {
	t.Helper()
	info, err := os.Lstat(lock.Path())
	if err != nil {
		t.Fatal(err)
	}
	return fileID(info)
}
