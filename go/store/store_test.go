package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/vector"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

const secret = "the-secret-value"

func newStore(t *testing.T, content string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "store.json")
	if content != "" {
		write(t, path, content)
	}
	return path
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustHold(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("holds %q, %v, want %q", got, err, want)
	}
}

// mustBeAlone: nothing is left beside the store.
func mustBeAlone(t *testing.T, path string) {
	t.Helper()
	sidecar.CloseIdleWitnesses()
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range names {
		if each.Name() != filepath.Base(path) {
			t.Errorf("left behind: %s", each.Name())
		}
	}
}

func mustFail(t *testing.T, err error, code Code, kind string) *Error {
	t.Helper()
	var failed *Error
	if !errors.Is(err, code) || !errors.As(err, &failed) || failed.Kind != kind || failed.Hint == "" {
		t.Fatalf("got %v, want %s %s", err, code, kind)
	}
	mustShowNothing(t, err)
	return failed
}

// mustShowNothing prints it in every way that Go has.
func mustShowNothing(t *testing.T, shown any) {
	t.Helper()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(&out, verb, shown)
		fmt.Fprintf(&out, verb, []any{struct{ in any }{shown}})
	}
	coded, _ := json.Marshal(shown)
	out.Write(coded)
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("shown", "it", shown)
	}
	if strings.Contains(out.String(), secret) {
		t.Errorf("shows the secret: %s", out.String())
	}
}

func set(keys ...string) func(*Snapshot) ([]Edit, error) {
	return func(*Snapshot) ([]Edit, error) { return []Edit{Set(secret, keys...)}, nil }
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

func TestAnUpdateChangesNothingElse(t *testing.T) {
	const before = "{\r\n\t\"b\" : 1.0,\r\n\t\"token\": \"old\", \"a\":[1,\n2]\n}"
	path := newStore(t, before)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	changed, err := Update(t.Context(), path, set("token"))
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	mustHold(t, path, strings.Replace(before, "old", secret, 1))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	mustBeAlone(t, path)
}

func TestANewStoreIsPrivateAndPretty(t *testing.T) {
	path := newStore(t, "")
	if changed, err := Update(t.Context(), path, set("a", "b")); err != nil || !changed {
		t.Fatal(changed, err)
	}
	mustHold(t, path, "{\n  \"a\": {\n    \"b\": \""+secret+"\"\n  }\n}\n")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	mustBeAlone(t, path)
}

func TestAnEditWithoutEffectMakesNothing(t *testing.T) {
	path := newStore(t, `{"a":"`+secret+`"}`)
	before, _ := os.Stat(path)
	hook.Point.Store(nil)
	changed, err := Update(t.Context(), path, func(*Snapshot) ([]Edit, error) {
		return []Edit{Set(secret, "a"), Remove("b", "c"), Remove("a", "c")}, nil
	})
	after, _ := os.Stat(path)
	if err != nil || changed || !os.SameFile(before, after) {
		t.Error(changed, err)
	}
}

func TestARemovalFromAStoreThatIsNotThereMakesNothing(t *testing.T) {
	path := newStore(t, "")
	for name, edits := range map[string][]Edit{"a removal": {Remove("a", "b")}, "no edit": nil, "set and removed": {Set(1, "a"), Remove("a")}} {
		changed, err := Update(t.Context(), path, func(*Snapshot) ([]Edit, error) { return edits, nil })
		if err != nil || changed {
			t.Errorf("%s: %v, %v", name, changed, err)
		}
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s has made it", name)
		}
	}
	mustBeAlone(t, path)
}

func TestASnapshotTellsItsValues(t *testing.T) {
	path := newStore(t, `{"a":{"b":1e400,"c":"`+secret+`"}}`)
	now, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if raw, is := now.Raw("a", "b"); !is || string(raw) != "1e400" {
		t.Errorf("%s, %v", raw, is)
	}
	var text string
	if is, err := now.Get(&text, "a", "c"); !is || err != nil || text != secret {
		t.Errorf("%q, %v, %v", text, is, err)
	}
	if is, err := now.Get(&text, "a", "c", "d"); is || err != nil {
		t.Errorf("%v, %v", is, err)
	}
	mustShowNothing(t, now)
	mustShowNothing(t, *now)
	mustShowNothing(t, Set(secret, "a"))
}

func TestWhatIsNoStoreIsNamedAndNotTouched(t *testing.T) {
	kinds := map[string]string{
		"empty": " \n", "bom": "\xef\xbb\xbf{}", "nul": "{\"\x00\":1}", "encoding": "{\"" + secret + "\xff\":1}",
		"torn": `{"` + secret, "garbage": `{"` + secret + `":x}`, "deep": strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65),
		"duplicate-key": `{"` + secret + `":1,"` + secret + `":1}`, "not-an-object": `["` + secret + `"]`,
		"huge": strings.Repeat(" ", 16<<20+1),
	}
	for kind, content := range kinds {
		t.Run(kind, func(t *testing.T) {
			path := newStore(t, content)
			_, err := Read(path)
			mustFail(t, err, ErrInvalid, kind)
			_, err = Update(t.Context(), path, set("a"))
			mustFail(t, err, ErrInvalid, kind)
			mustHold(t, path, content)
			mustBeAlone(t, path)
		})
	}
	_, err := Read(newStore(t, ""))
	mustFail(t, err, ErrMissing, "")
}

func TestATornStoreMayBeOneThatIsBeingWritten(t *testing.T) {
	path := newStore(t, `{"a":`)
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(30 * time.Millisecond)
		write(t, path, `{"a":1}`)
	}()
	if _, err := Read(path); err != nil {
		t.Error(err)
	}
	<-done
}

func TestWhatCannotBeReplacedIsRefusedBeforeAnythingIsMade(t *testing.T) {
	path := newStore(t, `{}`)
	link, hard, dir := path+".link", path+".hard", path+".dir"
	for _, err := range []error{os.Symlink(path, link), os.Link(path, hard), os.Mkdir(dir, 0o700)} {
		if err != nil {
			t.Skip(err)
		}
	}
	for each, kind := range map[string]string{link: "symlink", path: "hard-link", hard: "hard-link", dir: "directory", os.DevNull: "device"} {
		_, err := Update(t.Context(), each, set("a"))
		mustFail(t, err, ErrUnsupported, kind)
		if kind != "device" {
			_, err = Reserve(each)
			mustFail(t, err, ErrUnsupported, kind)
		}
	}
	if now, err := Read(link); err != nil || now.Size() != 2 {
		t.Errorf("read through a link: %v", err)
	}
	mustHold(t, path, "{}")
	names, _ := os.ReadDir(filepath.Dir(path))
	if len(names) != 4 {
		t.Errorf("made something: %v", names)
	}
}

func TestMountVectorsComeOutAsExpected(t *testing.T) {
	cases, err := vector.Load[vector.Store]("../../spec/vectors/store.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no vectors beside this module")
	}
	count := 0
	for _, each := range cases {
		if each.MountInfo == nil {
			continue
		}
		count++
		if got := isMountPoint([]byte(*each.MountInfo), each.Path); got != each.Expect.MountPoint {
			t.Errorf("%s: %v", each.Name, got)
		}
	}
	if err != nil || count == 0 {
		t.Errorf("%d cases, %v", count, err)
	}
}

func TestOnlyTheStoresOwnHeldLockWillDo(t *testing.T) {
	path := newStore(t, `{}`)
	now, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	edits := []Edit{Set(secret, "a")}
	_, err = Replace(now, edits)
	mustFail(t, err, ErrNotLocked, "")
	other := mustLock(t, path+".other")
	_, err = Replace(now, edits, other)
	mustFail(t, err, ErrNotLocked, "")
	own := mustLock(t, path)
	if err := os.Remove(other.Path()); err != nil {
		t.Fatal(err)
	}
	_, err = Replace(now, edits, own, other)
	mustFail(t, err, ErrNotLocked, "")
	mustHold(t, path, "{}")
	if changed, err := Replace(now, edits, own); err != nil || !changed {
		t.Error(changed, err)
	}
}

func mustLock(t *testing.T, path string) *sidecar.Lock {
	t.Helper()
	lock, err := sidecar.Acquire(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Release() })
	return lock
}

func TestALockThatIsLostJustBeforeTheRenameIsNoticed(t *testing.T) {
	path := newStore(t, `{}`)
	onPoint(t, "store:written", func() {
		if err := os.Remove(path + ".lock"); err != nil {
			t.Error(err)
		}
	})
	_, err := Update(t.Context(), path, set("a"))
	mustFail(t, err, ErrNotLocked, "")
	mustHold(t, path, "{}")
	mustBeAlone(t, path)
}

func TestAWriterWithoutALockIsNoticed(t *testing.T) {
	writers := map[string]func(t *testing.T, path string){
		"in place, with an old time": func(t *testing.T, path string) {
			info, _ := os.Stat(path)
			write(t, path, "[]")
			_ = os.Chtimes(path, info.ModTime(), info.ModTime())
		},
		"by the same bytes": func(t *testing.T, path string) {
			write(t, path+"2", "{}")
			if err := os.Rename(path+"2", path); err != nil {
				t.Error(err)
			}
		},
		"by removal": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		},
	}
	for name, act := range writers {
		t.Run(name, func(t *testing.T) {
			path := newStore(t, "{}")
			onPoint(t, "store:written", func() { act(t, path) })
			_, err := Update(t.Context(), path, set("a"))
			mustFail(t, err, ErrChanged, "")
			if content, _ := os.ReadFile(path); strings.Contains(string(content), secret) {
				t.Error("was overwritten")
			}
		})
	}
}

func TestAStoreThatAppearedIsNotOverwritten(t *testing.T) {
	for _, point := range []string{"store:written", "store:verified"} {
		path := newStore(t, "")
		onPoint(t, point, func() { write(t, path, `{"theirs":1}`) })
		_, err := Update(t.Context(), path, set("a"))
		mustFail(t, err, ErrChanged, "")
		mustHold(t, path, `{"theirs":1}`)
		mustBeAlone(t, path)
	}
}

func TestAnEditThatCannotBeMadeChangesNothing(t *testing.T) {
	path := newStore(t, `{"a":1}`)
	refused := map[string]struct {
		code error
		edit Edit
	}{
		"below a number": {ErrInvalid, Set(secret, "a", "b")},
		"no keys":        {sidecar.ErrInvalidOption, Set(secret)},
		"not a number":   {sidecar.ErrInvalidOption, Set(map[string]any{secret: func() {}}, "b")},
		"no UTF-8":       {sidecar.ErrInvalidOption, Set(secret+"\xff", "b")},
		"nothing":        {sidecar.ErrInvalidOption, Edit{}},
	}
	for name, each := range refused {
		_, err := Update(t.Context(), path, func(*Snapshot) ([]Edit, error) { return []Edit{Set(2, "a"), Set(1, "a"), each.edit}, nil })
		if !errors.Is(err, each.code) {
			t.Errorf("%s: %v", name, err)
		}
		mustShowNothing(t, err)
	}
	mustHold(t, path, `{"a":1}`)
	mustBeAlone(t, path)
}

func TestALeftOverTemporaryFileIsSweptWhenItIsOld(t *testing.T) {
	path := newStore(t, "{}")
	old, young, other := ".openclaw-store-00000000000000000000000000000001.tmp", ".openclaw-store-00000000000000000000000000000002.tmp", ".openclaw-store-x.tmp"
	for _, name := range []string{old, young, other} {
		write(t, filepath.Join(filepath.Dir(path), name), "")
		if name != young {
			then := time.Now().Add(-11 * time.Minute)
			if err := os.Chtimes(filepath.Join(filepath.Dir(path), name), then, then); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := Update(t.Context(), path, set("a")); err != nil {
		t.Fatal(err)
	}
	for name, stays := range map[string]bool{old: false, young: true, other: true} {
		if _, err := os.Lstat(filepath.Join(filepath.Dir(path), name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAReservationIsWhatBecomesTheStore(t *testing.T) {
	for _, swept := range []bool{false, true} {
		path := newStore(t, "{}")
		lock := mustLock(t, path)
		room, err := Reserve(path)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(room.file.path); err != nil || info.Size() != 64<<10+2 || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		before, _ := room.file.file.Stat()
		if swept {
			if err := os.Remove(room.file.path); err != nil {
				t.Fatal(err)
			}
		}
		now, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		// A failure before the rename keeps it.
		write(t, path, "{} ")
		_, err = room.Replace(now, []Edit{Set(secret, "a")}, lock)
		mustFail(t, err, ErrChanged, "")
		if now, err = Read(path); err != nil {
			t.Fatal(err)
		}
		if changed, err := room.Replace(now, []Edit{Set(secret, "a")}, lock); err != nil || !changed {
			t.Fatal(changed, err)
		}
		after, _ := os.Lstat(path)
		if !os.SameFile(before, after) && !swept {
			t.Error("another file than the reserved one")
		}
		mustHold(t, path, "{\n  \"a\": \""+secret+"\"\n} ")
		room.Discard()
		if err := lock.Release(); err != nil {
			t.Error(err)
		}
		mustBeAlone(t, path)
	}
}
