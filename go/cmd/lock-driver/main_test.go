package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

const asDriver = "LOCK_TEST_AS_DRIVER"

func TestMain(m *testing.M) {
	if os.Getenv(asDriver) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// client talks to a driver that runs as the suite runs it.
type client struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

func newClient(t *testing.T) *client {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asDriver+"=1")
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
	s := &client{t: t, cmd: cmd, stdin: stdin, lines: bufio.NewScanner(stdout)}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return s
}

func (s *client) send(line string, values ...any) {
	s.t.Helper()
	if _, err := fmt.Fprintf(s.stdin, line+"\n", values...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *client) receive() map[string]any {
	s.t.Helper()
	if !s.lines.Scan() {
		s.t.Fatal("the driver ended")
	}
	var message map[string]any
	if err := json.Unmarshal(s.lines.Bytes(), &message); err != nil {
		s.t.Fatalf("%v: %s", err, s.lines.Text())
	}
	return message
}

// ask sends a request and takes the next line for its reply.
func (s *client) ask(line string, values ...any) map[string]any {
	s.t.Helper()
	s.send(line, values...)
	return s.receive()
}

func (s *client) expect(got map[string]any, key string, want any) {
	s.t.Helper()
	if got[key] != want {
		s.t.Errorf("%s is %v, want %v, in %v", key, got[key], want, got)
	}
}

func TestOtherRequestsAreAnsweredWhileAnAcquireWaits(t *testing.T) {
	s := newClient(t)
	target := filepath.Join(t.TempDir(), "x.json")
	s.expect(s.ask(`{"id":1,"verb":"hello","protocol":1}`), "name", "go")
	s.expect(s.ask(`{"id":2,"verb":"acquire","target":%q,"handle":"a"}`, target), "status", "ok")
	s.send(`{"id":3,"verb":"acquire","target":%q,"handle":"b","options":{"timeoutMs":3600000}}`, target)
	s.expect(s.ask(`{"id":4,"verb":"verify","handle":"a"}`), "held", true)
	s.send(`{"id":5,"verb":"cancel","request":3}`)
	replies := map[any]map[string]any{}
	for range 2 {
		reply := s.receive()
		replies[reply["id"]] = reply
	}
	s.expect(replies[5.0], "status", "ok")
	s.expect(replies[3.0], "code", "cancelled")
	s.expect(s.ask(`{"id":6,"verb":"release","handle":"a"}`), "status", "ok")
	s.expect(s.ask(`{"id":7,"verb":"release","handle":"a"}`), "status", "ok")
	s.expect(s.ask(`{"id":8,"verb":"bye"}`), "status", "ok")
	if err := s.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestWrongNumbersReachTheHelperAndAreRefusedThere(t *testing.T) {
	s := newClient(t)
	for _, number := range []string{`"NaN"`, `"Infinity"`, `"-Infinity"`, "-1", "1e400", "31536000001"} {
		reply := s.ask(`{"id":1,"verb":"acquire","target":"x.json","handle":"a","options":{"timeoutMs":%s}}`, number)
		s.expect(reply, "code", "file_lock_invalid_option")
	}
}

func TestWhatIsNoRequestIsAnError(t *testing.T) {
	s := newClient(t)
	s.expect(s.ask(`not json`), "status", "error")
	s.expect(s.ask(`{"verb":"hello"}`), "id", nil)
	s.expect(s.ask(`{"id":9,"verb":"fly"}`), "status", "error")
	s.expect(s.ask(`{"id":9,"verb":"release","handle":"none"}`), "id", 9.0)
}

func TestAnArmedPointIsToldBeforeTheProcessIsKilled(t *testing.T) {
	s := newClient(t)
	target := filepath.Join(t.TempDir(), "x.json")
	s.expect(s.ask(`{"id":1,"verb":"arm","point":"acquire:linked","action":"kill","nth":2}`), "status", "ok")
	s.expect(s.ask(`{"id":2,"verb":"acquire","target":%q,"handle":"a"}`, target), "status", "ok")
	s.expect(s.ask(`{"id":3,"verb":"acquire","target":%q,"handle":"b"}`, target+"2"), "event", "point")
	if s.lines.Scan() {
		t.Errorf("and went on: %s", s.lines.Text())
	}
}

func TestTheWitnessOfALockIsToldAndGoneAfterBye(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux only")
	}
	s := newClient(t)
	target := filepath.Join(t.TempDir(), "x.json")
	told := s.ask(`{"id":1,"verb":"acquire","target":%q,"handle":"a","options":{"witness":"always"}}`, target)
	name, _ := told["witness"].(string)
	if _, err := os.Lstat(filepath.Join(filepath.Dir(target), name)); name == "" || err != nil {
		t.Errorf("witness %q: %v", name, err)
	}
	s.expect(s.ask(`{"id":2,"verb":"release","handle":"a"}`), "status", "ok")
	told = s.ask(`{"id":3,"verb":"acquire","target":%q,"handle":"a","options":{"witness":"never"}}`, target)
	s.expect(told, "witness", nil)
	s.expect(s.ask(`{"id":4,"verb":"release","handle":"a"}`), "status", "ok")
	reply := s.ask(`{"id":5,"verb":"acquire","target":%q,"handle":"a","options":{"witness":"sometimes"}}`, target)
	s.expect(reply, "code", "file_lock_invalid_option")
	s.expect(s.ask(`{"id":6,"verb":"bye"}`), "status", "ok")
	if err := s.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Dir(target)); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
