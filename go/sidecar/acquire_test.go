package sidecar

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestAcquirePublishesAWholePayloadAndReleaseRemovesIt(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target, WithPurpose("a <test> & more"))
	if lock.Target() != target || lock.Path() != target+".lock" {
		t.Errorf("target %s, path %s", lock.Target(), lock.Path())
	}
	payload, raw := readPayload(t, lock.Path())
	if payload.Pid != int64(os.Getpid()) || payload.Protocol != 1 || payload.Helper != "go/"+Version {
		t.Errorf("payload %+v", payload)
	}
	if payload.HeartbeatMs != 10_000 || payload.Purpose != "a <test> & more" {
		t.Errorf("payload %+v", payload)
	}
	again, err := serialise(payload)
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("keys, indent or escapes differ:\n%s\n%s", raw, again)
	}
	if bytes.Contains(raw, []byte(`\u003c`)) {
		t.Errorf("escaped for HTML: %s", raw)
	}
	mustRelease(t, lock)
	mustBeEmpty(t, filepath.Dir(target))
}

func TestPayloadIsInOpenClawsUnitsOnLinux(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux only")
	}
	lock := mustAcquire(t, newTarget(t))
	payload, _ := readPayload(t, lock.Path())
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		t.Fatal(err)
	}
	ticks, ok := startTicks(stat)
	if !ok || payload.Starttime == nil || *payload.Starttime != ticks {
		t.Errorf("starttime %v, want %d", payload.Starttime, ticks)
	}
	if payload.BootId == "" || payload.PidNamespace == "" || payload.Dev == "" {
		t.Errorf("payload %+v", payload)
	}
}

func TestEveryPublicationHasATokenOfItsOwn(t *testing.T) {
	target := newTarget(t)
	seen := map[string]bool{}
	for range 3 {
		lock := mustAcquire(t, target)
		payload, _ := readPayload(t, lock.Path())
		seen[payload.Token] = true
		mustRelease(t, lock)
	}
	if len(seen) != 3 {
		t.Errorf("%d tokens in 3 publications", len(seen))
	}
}

func TestTheLockIsReadableByAllAndWritableByNobodyWhateverTheUmask(t *testing.T) {
	if !keepsDescriptor {
		t.Skip("POSIX only")
	}
	lock := mustAcquire(t, newTarget(t))
	info, err := os.Lstat(lock.Path())
	if err != nil || info.Mode() != 0o444 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAHeldLockEndsTheWaitWithTheHolderNamed(t *testing.T) {
	target := newTarget(t)
	mustAcquire(t, target)
	failed := mustFail(t, ErrTimeout, target, WithTimeout(50*time.Millisecond))
	if failed.Holder == nil || failed.Holder.PID != os.Getpid() || failed.Holder.Verdict != Held {
		t.Errorf("holder %+v", failed.Holder)
	}
	if failed.Waited < 50*time.Millisecond || failed.Target != target || failed.LockPath != target+".lock" {
		t.Errorf("error %+v", failed)
	}
	if prefix := "file lock timeout for " + target; !bytes.HasPrefix([]byte(failed.Error()), []byte(prefix)) {
		t.Errorf("message %q", failed)
	}
}

func TestTimeoutZeroTriesOnce(t *testing.T) {
	target := newTarget(t)
	lock := mustAcquire(t, target, WithTimeout(0))
	waits := 0
	failed := mustFail(t, ErrTimeout, target, WithTimeout(0), WithOnWait(func(WaitEvent) { waits++ }))
	if waits != 0 || failed.Waited != 0 {
		t.Errorf("%d waits, %v", waits, failed.Waited)
	}
	mustRelease(t, lock)
	mustAcquire(t, target, WithTimeout(0))
}

func TestAWaiterGetsTheLockWhenItIsReleased(t *testing.T) {
	target := newTarget(t)
	first := mustAcquire(t, target)
	waiting := make(chan struct{})
	var event WaitEvent
	go func() {
		<-waiting
		_ = first.Release()
	}()
	second := mustAcquire(t, target, WithOnWait(func(e WaitEvent) {
		event = e
		close(waiting)
	}))
	if event.Holder == nil || event.Holder.PID != os.Getpid() || event.LockPath != second.Path() {
		t.Errorf("event %+v", event)
	}
	if second.Waited() == 0 {
		t.Error("has not waited")
	}
}

func TestTheWaitHookMayEndTheWaitByAPanic(t *testing.T) {
	target := newTarget(t)
	mustAcquire(t, target)
	defer func() {
		if recovered := recover(); recovered != "enough" {
			t.Errorf("recovered %v", recovered)
		}
		if names := namesIn(t, filepath.Dir(target)); len(names) != 1 {
			t.Errorf("left behind: %q", names)
		}
	}()
	_, _ = Acquire(context.Background(), target, WithOnWait(func(WaitEvent) { panic("enough") }))
}

func TestCancelEndsTheWaitWithTheContextsError(t *testing.T) {
	target := newTarget(t)
	mustAcquire(t, target)
	why := errors.New("the user went home")
	ctx, cancel := context.WithCancelCause(context.Background())
	_, err := Acquire(ctx, target, WithOnWait(func(WaitEvent) { cancel(why) }))
	if !errors.Is(err, context.Canceled) || !errors.Is(err, why) || errors.Is(err, ErrTimeout) {
		t.Errorf("got %v", err)
	}
}

func TestADeadlineOfTheContextIsATimeoutToo(t *testing.T) {
	target := newTarget(t)
	mustAcquire(t, target)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	_, err := Acquire(ctx, target)
	var failed *Error
	if !errors.Is(err, ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	if failed.Holder == nil || failed.Holder.PID != os.Getpid() {
		t.Errorf("holder %+v", failed.Holder)
	}
}

func TestAnEndedContextTouchesNothing(t *testing.T) {
	target := newTarget(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Acquire(ctx, filepath.Join(target, "none", "x"), WithCreateParent()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	expired, stop := context.WithDeadline(context.Background(), time.Now())
	defer stop()
	if _, err := Acquire(expired, target); !errors.Is(err, ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Dir(target))
}

func TestAMissingParentIsToldAtOnceAndNothingIsMade(t *testing.T) {
	dir := t.TempDir()
	failed := mustFail(t, ErrIO, filepath.Join(dir, "none", "x.json"))
	if !errors.Is(failed, fs.ErrNotExist) || failed.Waited != 0 {
		t.Errorf("got %+v", failed)
	}
	mustBeEmpty(t, dir)
}

func TestCreateParentMakesPrivateDirectories(t *testing.T) {
	dir := t.TempDir()
	mustAcquire(t, filepath.Join(dir, "a", "b", "x.json"), WithCreateParent())
	info, err := os.Stat(filepath.Join(dir, "a", "b"))
	if err != nil || keepsDescriptor && info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestADirectoryThatMayNotBeWrittenIsAPermissionError(t *testing.T) {
	if os.Getuid() <= 0 {
		t.Skip("nothing is forbidden to this user")
	}
	target := newTarget(t)
	if err := os.Chmod(filepath.Dir(target), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(target), 0o700) })
	if failed := mustFail(t, ErrPermission, target); !errors.Is(failed, fs.ErrPermission) {
		t.Errorf("got %v", failed)
	}
}

func TestGoroutinesOfOneProcessExcludeEachOther(t *testing.T) {
	target := newTarget(t)
	const workers, rounds = 4, 15
	inside, completed := 0, 0 // The race detector watches them.
	results := make(chan error, workers)
	for range workers {
		go func() {
			var err error
			for round := 0; round < rounds && err == nil; round++ {
				err = With(context.Background(), target, func(context.Context) error {
					inside++
					if inside != 1 {
						return errors.New("two holders")
					}
					runtime.Gosched()
					inside--
					completed++
					return nil
				}, WithTimeout(time.Minute))
			}
			results <- err
		}()
	}
	for range workers {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if completed != workers*rounds {
		t.Errorf("%d holds completed", completed)
	}
}

func TestNoGoroutineIsLeftBehind(t *testing.T) {
	target := newTarget(t)
	before := runtime.NumGoroutine()
	lock := mustAcquire(t, target, WithStale(60*time.Millisecond))
	_, cancel := lock.Context(context.Background())
	mustFail(t, ErrTimeout, target, WithTimeout(100*time.Millisecond))
	mustRelease(t, lock)
	cancel()
	if err := With(context.Background(), target, func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
	eventually(t, "as many goroutines as before", func() bool { return runtime.NumGoroutine() <= before })
}
