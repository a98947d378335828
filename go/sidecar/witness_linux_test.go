package sidecar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/hook"
)

// namedBy is the witness that a lock, guard or marker names, by its path.
func namedBy(t *testing.T, path string) string {
	t.Helper()
	payload, _ := readPayload(t, path)
	if !witnessName.MatchString(payload.Witness) {
		t.Fatalf("%s names %q", filepath.Base(path), payload.Witness)
	}
	return filepath.Join(filepath.Dir(path), payload.Witness)
}

func mustAnswer(t *testing.T, path string) {
	t.Helper()
	if peer, err := (machine{}).Connect(path); err != nil || peer != int64(os.Getpid()) {
		t.Errorf("%s: peer %d, %v", path, peer, err)
	}
}

func TestALockNamesAWitnessThatAnswersToEverybody(t *testing.T) {
	umask := syscall.Umask(0o077)
	defer syscall.Umask(umask)
	lock := mustAcquire(t, newTarget(t), WithWitness(WitnessAlways))
	path := namedBy(t, lock.Path())
	mustAnswer(t, path)
	if info, err := os.Lstat(path); err != nil || info.Mode() != os.ModeSocket|0o666 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	mustRelease(t, lock)
	mustBeEmpty(t, filepath.Dir(path))
}

func TestGuardsAndMarkersNameTheSameWitnessAsTheLock(t *testing.T) {
	target := newTarget(t)
	guard := target + ".lock.reclaim"
	dead := deadPayload(t, nil)
	write0644(t, target+".lock", deadPayload(t, nil))
	write0644(t, guard, dead)
	var named []string
	reached := func(at string) {
		switch at {
		case "break:marked":
			named = append(named, namedBy(t, paths{guard: guard}.marker([]byte(dead))))
		case "reclaim:guarded":
			named = append(named, namedBy(t, guard))
		}
	}
	hook.Point.Store(&reached)
	defer hook.Point.Store(nil)
	lock := mustAcquire(t, target, WithWitness(WitnessAlways))
	named = append(named, namedBy(t, lock.Path()))
	if len(named) != 3 || named[0] != named[1] || named[1] != named[2] {
		t.Errorf("marker, guard and lock name %q", named)
	}
	mustAnswer(t, named[0])
}

func TestAnIntentNamesAWitnessAsLongAsItIsThere(t *testing.T) {
	dir := filepath.Dir(newTarget(t))
	generation := strings.Repeat("0123456789abcdef", 4)
	place, err := openIntent(dir, generation, []Option{WithWitness(WitnessAlways)})
	if err != nil {
		t.Fatal(err)
	}
	mine, err := place.Publish()
	if err != nil {
		t.Fatal(err)
	}
	witness := func() string {
		raw, err := os.ReadFile(place.Path())
		if err != nil {
			t.Fatal(err)
		}
		name := classify(raw).Strings["witness"]
		if !witnessName.MatchString(name) {
			t.Fatalf("names %q", name)
		}
		return filepath.Join(dir, name)
	}
	first := witness()
	mustAnswer(t, first)
	mine.Settle("unknown", "")
	CloseIdleWitnesses()
	if witness() != first {
		t.Error("names another")
	}
	mustAnswer(t, first)
	// A guard in the way, whose maker is dead, is broken by a marker; then the intent can be replaced.
	dead := deadPayload(t, nil)
	write0644(t, place.Path()+".reclaim", dead)
	marked := ""
	reached := func(at string) {
		if at == "break:marked" {
			marked = namedBy(t, paths{guard: place.Path() + ".reclaim"}.marker([]byte(dead)))
		}
	}
	hook.Point.Store(&reached)
	defer hook.Point.Store(nil)
	if _, err := place.Replace(place.Look()); !errors.Is(err, hook.ErrTaken) {
		t.Fatal(err)
	}
	mustAnswer(t, marked)
	next, err := place.Replace(place.Look())
	if err != nil {
		t.Fatal(err)
	}
	mustAnswer(t, witness())
	next.Remove()
}

func TestAWitnessListensBeforeItHasItsName(t *testing.T) {
	target := newTarget(t)
	dir := filepath.Dir(target)
	only := func() string {
		names, err := readNames(dir)
		if err != nil || len(names) != 1 {
			t.Fatalf("%q, %v", names, err)
		}
		return filepath.Join(dir, names[0])
	}
	reached := func(at string) {
		switch at {
		case "witness:listening":
			if path := only(); !unfinishedName.MatchString(filepath.Base(path)) {
				t.Errorf("listens under %s", path)
			} else {
				mustAnswer(t, path)
			}
		case "witness:named":
			if path := only(); !witnessName.MatchString(filepath.Base(path)) {
				t.Errorf("is named %s", path)
			} else {
				mustAnswer(t, path)
			}
		}
	}
	hook.Point.Store(&reached)
	defer hook.Point.Store(nil)
	mustAcquire(t, target, WithWitness(WitnessAlways))
}

func TestWithoutAPolicyOnlyAContainersProcessHasAWitness(t *testing.T) {
	t.Setenv(witnessVariable, "")
	lock := mustAcquire(t, newTarget(t))
	payload, _ := readPayload(t, lock.Path())
	if has := payload.Witness != ""; has != (self().PIDNamespace != initialPIDNamespace) {
		t.Errorf("witness %q in %s", payload.Witness, self().PIDNamespace)
	}
	lock = mustAcquire(t, newTarget(t), WithWitness(WitnessNever))
	if payload, _ := readPayload(t, lock.Path()); payload.Witness != "" {
		t.Errorf("witness %q", payload.Witness)
	}
}

func TestADirectoryHasOneWitnessAsLongAsItsNameLeadsToIt(t *testing.T) {
	target := newTarget(t)
	first := mustAcquire(t, target, WithWitness(WitnessAlways))
	path := namedBy(t, first.Path())
	second := mustAcquire(t, target+"2", WithWitness(WitnessAlways))
	if namedBy(t, second.Path()) != path {
		t.Error("two at once in one directory have two")
	}
	mustRelease(t, first)
	first = mustAcquire(t, target, WithWitness(WitnessAlways))
	if namedBy(t, first.Path()) != path {
		t.Error("the next hold has another")
	}
	mustRemove(t, path)
	third := mustAcquire(t, target+"3", WithWitness(WitnessAlways))
	another := namedBy(t, third.Path())
	if another == path {
		t.Error("names what is gone")
	}
	mustRelease(t, first)
	mustRelease(t, second)
	mustAnswer(t, another)
	mustRelease(t, third)
	mustBeEmpty(t, filepath.Dir(target))
}

func TestANameThatLeadsToAnotherSocketIsNotOurs(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target, WithWitness(WitnessAlways))
	path := namedBy(t, lock.Path())
	mustRelease(t, lock)
	mustRemove(t, path)
	deadSocket(t, path)
	lock = mustAcquire(t, target, WithWitness(WitnessAlways))
	if namedBy(t, lock.Path()) == path {
		t.Error("named all the same")
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("and removed: %v", err)
	}
}

// deadSocket is what a killed process leaves.
func deadSocket(t *testing.T, path string) {
	t.Helper()
	fd, err := newSocket()
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := withAddress(path, func(at syscall.Sockaddr) error { return syscall.Bind(fd, at) }); err != nil {
		t.Fatal(err)
	}
}

func openSockets(t *testing.T) (count int) {
	t.Helper()
	names, err := readNames("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if link, err := os.Readlink("/proc/self/fd/" + name); err == nil && strings.HasPrefix(link, "socket:") {
			count++
		}
	}
	return count
}

func TestNoMoreThanSixteenIdleWitnessesAreKept(t *testing.T) {
	CloseIdleWitnesses()
	before, goroutines := openSockets(t), runtime.NumGoroutine()
	var dirs []string
	var locks []*Lock
	for range specIdleWitnesses + 4 {
		target := newTarget(t)
		dirs = append(dirs, filepath.Dir(target))
		locks = append(locks, mustAcquire(t, target, WithWitness(WitnessAlways)))
	}
	if held := openSockets(t) - before; held != len(locks) {
		t.Errorf("%d sockets for %d holds", held, len(locks))
	}
	for _, lock := range locks {
		mustRelease(t, lock)
	}
	if idle := openSockets(t) - before; idle > specIdleWitnesses {
		t.Errorf("%d idle", idle)
	}
	CloseIdleWitnesses()
	if left := openSockets(t) - before; left != 0 {
		t.Errorf("%d sockets are left", left)
	}
	if more := runtime.NumGoroutine() - goroutines; more > 0 {
		t.Errorf("%d goroutines are left", more)
	}
	for _, dir := range dirs {
		mustBeEmpty(t, dir)
	}
}

func TestAnIdleWitnessGoesByItself(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target, WithWitness(WitnessAlways))
	path := namedBy(t, lock.Path())
	mustRelease(t, lock)
	mustAnswer(t, path)
	eventually(t, "the witness goes", func() bool {
		_, err := os.Lstat(path)
		return errors.Is(err, os.ErrNotExist)
	})
}

func TestAWitnessStaysWhileALockThatCouldNotBeRemovedNamesIt(t *testing.T) {
	lock := mustAcquire(t, newTarget(t), WithWitness(WitnessAlways))
	path := namedBy(t, lock.Path())
	lock.abandon()
	CloseIdleWitnesses()
	mustAnswer(t, path)
	leftovers.retry()
	if _, err := os.Lstat(lock.Path()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock is there: %v", err)
	}
	mustBeEmpty(t, filepath.Dir(path))
}

func TestManyGoroutinesShareAWitness(t *testing.T) {
	CloseIdleWitnesses()
	before := openSockets(t)
	target := newTarget(t)
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for range 20 {
				lock, err := Acquire(t.Context(), fmt.Sprintf("%s%d", target, worker%3), WithWitness(WitnessAlways), WithTimeout(time.Minute))
				if err != nil {
					t.Error(err)
					return
				}
				if !lock.held.witness.isThere() {
					t.Error("holds without a witness")
				}
				if worker == 0 {
					CloseIdleWitnesses()
				}
				if err := lock.Release(); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	workers.Wait()
	mustBeEmpty(t, filepath.Dir(target))
	if left := openSockets(t) - before; left != 0 {
		t.Errorf("%d sockets are left", left)
	}
}

func TestAPathTooLongForASocketIsNeverCut(t *testing.T) {
	dir := filepath.Dir(newTarget(t))
	for len(dir) <= 2*specMaxSocketPathBytes {
		dir = filepath.Join(dir, strings.Repeat("d", 60))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lock := mustAcquire(t, filepath.Join(dir, "x.json"), WithWitness(WitnessAlways))
	mustAnswer(t, namedBy(t, lock.Path()))
	mustRelease(t, lock)
	mustBeEmpty(t, dir)
}

func TestAPathOfJustTheRightLengthNeedsNoDetour(t *testing.T) {
	base := filepath.Dir(newTarget(t))
	for _, length := range []int{specMaxSocketPathBytes, specMaxSocketPathBytes + 1} {
		name := ".openclaw-lock-0123456789abcdef.sock"
		dir := filepath.Join(base, strings.Repeat("d", length-len(base)-len(name)-2))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if len(path) != length {
			t.Fatalf("%d bytes", len(path))
		}
		deadSocket(t, path)
		if _, err := (machine{}).Connect(path); err != syscall.ECONNREFUSED {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
}

func TestAnUnfinishedWitnessThatWasSweptIsMadeAnew(t *testing.T) {
	target := newTarget(t)
	onPoint(t, "witness:listening", func() {
		for _, name := range namesIn(t, filepath.Dir(target)) {
			mustRemove(t, filepath.Join(filepath.Dir(target), name))
		}
	})
	lock := mustAcquire(t, target, WithWitness(WitnessAlways))
	mustAnswer(t, namedBy(t, lock.Path()))
}

// unmakeable removes every witness before it has its name.
func unmakeable(dir string) {
	reached := func(at string) {
		if at == "witness:listening" {
			names, _ := readNames(dir)
			for _, name := range names {
				_ = os.Remove(filepath.Join(dir, name))
			}
		}
	}
	hook.Point.Store(&reached)
}

func TestWhereNoneCanBeMadeAutoDoesWithoutAndAlwaysIsRefused(t *testing.T) {
	target := newTarget(t)
	CloseIdleWitnesses()
	before := openSockets(t)
	unmakeable(filepath.Dir(target))
	t.Cleanup(func() { hook.Point.Store(nil) })
	failed := mustFail(t, ErrIO, target, WithWitness(WitnessAlways))
	if !errors.Is(failed, syscall.ENOENT) || !strings.Contains(failed.Hint, "WithWitness") || failed.Path != filepath.Dir(target) {
		t.Errorf("got %+v", failed)
	}
	mustBeEmpty(t, filepath.Dir(target))
	if left := openSockets(t) - before; left != 0 {
		t.Errorf("%d sockets are left", left)
	}
	t.Setenv(witnessVariable, "auto")
	startContained(t, "hold-without-a-witness", target).expect("held")
	if payload, _ := readPayload(t, target+".lock"); payload.Witness != "" {
		t.Errorf("names %s", payload.Witness)
	}
}

func init() {
	roles["hold-without-a-witness"] = func(args []string) error {
		unmakeable(filepath.Dir(args[0]))
		return roles["hold"](args)
	}
}

func TestAFullBacklogIsLifeAndTheHeartbeatEmptiesIt(t *testing.T) {
	lock := mustAcquire(t, newTarget(t), WithWitness(WitnessAlways), WithStale(time.Hour))
	path := namedBy(t, lock.Path())
	lock.mu.Lock() // No beat meanwhile.
	var err error
	for range 4 * witnessBacklog {
		if _, err = (machine{}).Connect(path); err != nil {
			break
		}
	}
	lock.mu.Unlock()
	if err != syscall.EAGAIN {
		t.Fatalf("got %v", err)
	}
	lock.look()
	mustAnswer(t, path)
}

func TestOnlyASocketIsAskedAndNeverThroughALink(t *testing.T) {
	lock := mustAcquire(t, newTarget(t), WithWitness(WitnessAlways))
	dir := filepath.Dir(lock.Path())
	path := filepath.Join(dir, ".openclaw-lock-0123456789abcdef.sock")
	if _, err := (machine{}).Connect(path); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("nothing there: %v", err)
	}
	write0644(t, path, "")
	if _, err := (machine{}).Connect(path); err != syscall.ENOTSOCK {
		t.Errorf("a file: %v", err)
	}
	mustRemove(t, path)
	if err := os.Symlink(namedBy(t, lock.Path()), path); err != nil {
		t.Fatal(err)
	}
	if _, err := (machine{}).Connect(path); err != syscall.ENOTSOCK {
		t.Errorf("a link: %v", err)
	}
}

func TestASweepRemovesOnlyDeadWitnessesThatNothingNames(t *testing.T) {
	target := newTarget(t)
	dir := filepath.Dir(target)
	numbered := func(number int, suffix string) string {
		return filepath.Join(dir, fmt.Sprintf(".openclaw-lock-%016x.%s", number, suffix))
	}
	naming := func(name, path string) {
		payload := newPayload(newToken(), "1")
		payload.Witness = filepath.Base(path)
		write0644(t, filepath.Join(dir, name), payloadText(t, payload))
	}
	living, err := listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer living.close()
	keep := []string{living.path()}
	var remove []string
	const refresh = ".openclaw-refresh-0123456789abcdef0123456789abcdef.json"
	whats := []string{
		"lock", "guard", "marker", "intent", "guard of an intent", "marker of an intent", "not an intent", "young", "dead", "unfinished",
		"no socket",
	}
	for number, what := range whats {
		path := numbered(number, "sock")
		switch what {
		case "lock":
			naming("other.lock", path)
		case "guard":
			naming("other.lock.reclaim", path)
		case "marker":
			naming("other.lock.reclaim.0123456789abcdef", path)
		case "intent":
			naming(refresh, path)
		case "guard of an intent":
			naming(refresh+".reclaim", path)
		case "marker of an intent":
			naming(refresh+".reclaim.0123456789abcdef", path)
		case "not an intent":
			naming(".openclaw-refresh-0.json", path)
		case "unfinished":
			path = numbered(number, "tmp")
		}
		if what == "no socket" {
			write0644(t, path, "")
		} else {
			deadSocket(t, path)
		}
		if what != "young" {
			age(t, path, time.Minute)
		}
		if what == "dead" || what == "unfinished" || what == "not an intent" {
			remove = append(remove, path)
		} else {
			keep = append(keep, path)
		}
	}
	age(t, keep[0], time.Minute)
	forgetSweeps()
	sweep(&fileClock{dir: dir})
	for _, path := range keep {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
	for _, path := range remove {
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("left: %s", path)
		}
	}
}

func TestAForkOfADeadOwnerIsNotTheOwner(t *testing.T) {
	target := newTarget(t)
	owner := start(t, "hold-and-leak-witness", target)
	owner.expect("held")
	path := namedBy(t, target+".lock")
	pid := owner.cmd.Process.Pid
	if peer, err := (machine{}).Connect(path); err != nil || peer != int64(pid) {
		t.Fatalf("peer %d, %v", peer, err)
	}
	lock := subject{
		path: target + ".lock", sys: &elsewhere{}, clock: &fileClock{dir: filepath.Dir(target)}, policy: policy{StaleMs: 30_000},
	}
	mustLook(t, lock.look, "descriptor-open")
	// The child, which has the socket, goes on, until its input ends.
	_ = owner.cmd.Process.Kill()
	if _, err := owner.cmd.Process.Wait(); err != nil {
		t.Fatal(err)
	}
	mustLook(t, lock.lookAnew, "witness-inherited")
}

// elsewhere cannot read its PID namespace, which then may be another than the one that a lock records.
type elsewhere struct{ machine }

func (elsewhere) Self() evidence.Identity {
	own := self()
	own.PIDNamespace = ""
	return own
}

func init() {
	// Holds the target, and has a child that inherits the witness, as no Go program does by itself. The child goes on
	// until its input ends.
	roles["hold-and-leak-witness"] = func(args []string) error {
		lock, err := Acquire(context.Background(), args[0], WithWitness(WitnessAlways))
		if err != nil {
			return err
		}
		heir := exec.Command(os.Args[0])
		heir.Env = append(os.Environ(), roleVariable+"=read-input")
		heir.Stdin = os.Stdin
		heir.ExtraFiles = []*os.File{os.NewFile(uintptr(lock.held.witness.fd), "witness")}
		if err := heir.Start(); err != nil {
			return err
		}
		say("held")
		select {}
	}
	roles["read-input"] = func([]string) error {
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
}
