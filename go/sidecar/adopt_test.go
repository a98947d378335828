package sidecar

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

var errNotYet = errors.New("asked")

// inFile adopts what a file holds, and counts the questions.
func inFile(path string, asked *atomic.Int64) func() (string, bool, error) {
	return func() (string, bool, error) {
		asked.Add(1)
		text, err := os.ReadFile(path)
		return string(text), err == nil, nil
	}
}

func TestAValueThatIsThereTouchesNoLock(t *testing.T) {
	target := newTarget(t)
	other := mustAcquire(t, target)
	var asked atomic.Int64
	value := filepath.Join(t.TempDir(), "value")
	write0644(t, value, "fresh")
	missing := filepath.Join(filepath.Dir(target), "missing", "x.json")
	for _, each := range []string{target, missing} {
		got, err := AcquireOrAdopt(t.Context(), each, inFile(value, &asked), WithCreateParent())
		if err != nil || !got.Adopted() || got.Value != "fresh" || got.Lock != nil {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if asked.Load() != 2 {
		t.Errorf("asked %d times", asked.Load())
	}
	mustRelease(t, other)
	mustBeEmpty(t, filepath.Dir(target))
}

func TestAFreeLockIsTakenAndNobodyIsAskedAgain(t *testing.T) {
	target := newTarget(t)
	var asked atomic.Int64
	got, err := AcquireOrAdopt(t.Context(), target, inFile(target, &asked))
	if err != nil || got.Adopted() || !got.Lock.Verify() || asked.Load() != 1 {
		t.Fatalf("%+v, %v, asked %d times", got, err, asked.Load())
	}
	mustRelease(t, got.Lock)
	mustBeEmpty(t, filepath.Dir(target))
}

func TestAWaiterAdoptsWhatAppearsAlthoughTheLockIsNeverReleased(t *testing.T) {
	target := newTarget(t)
	mustAcquire(t, target)
	var asked atomic.Int64
	value := filepath.Join(t.TempDir(), "value")
	var appeared time.Time
	got, err := AcquireOrAdopt(t.Context(), target, inFile(value, &asked), WithWatch(value), WithTimeout(time.Minute),
		WithOnWait(func(WaitEvent) {
			if appeared.IsZero() {
				write0644(t, value+".tmp", "fresh")
				if err := os.Rename(value+".tmp", value); err != nil {
					t.Error(err)
				}
				appeared = time.Now()
			}
		}))
	if err != nil || got.Value != "fresh" {
		t.Fatalf("%+v, %v", got, err)
	}
	// Once at first, once when the lock turned out to be taken, once when the file had changed.
	if asked.Load() != 3 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// The state of the watched path must be that of before the question.
func TestAChangeWhileAskingIsNotMissed(t *testing.T) {
	target := newTarget(t)
	mustAcquire(t, target)
	asked := 0
	got, err := AcquireOrAdopt(t.Context(), target, func() (string, bool, error) {
		asked++
		text, err := os.ReadFile(target)
		if asked == 2 {
			write0644(t, target, "fresh") // Just after we looked.
		}
		return string(text), err == nil, nil
	}, WithTimeout(time.Minute))
	if err != nil || got.Value != "fresh" || asked != 3 {
		t.Fatalf("%+v, %v, asked %d times", got, err, asked)
	}
}

func TestAStoreIsAskedEverySecondAlsoWithoutAChange(t *testing.T) {
	target := newTarget(t)
	mustAcquire(t, target)
	started, asked := time.Now(), 0
	got, err := AcquireOrAdopt(t.Context(), target, func() (int, bool, error) {
		asked++
		return asked, asked == 4, nil
	}, WithTimeout(time.Minute))
	if err != nil || got.Value != 4 || time.Since(started) < 2*adoptAtLeastEvery-pollMax {
		t.Fatalf("%+v, %v after %v", got, err, time.Since(started))
	}
}

func TestAValueOutweighsARefusal(t *testing.T) {
	refusals := map[string]func(t *testing.T, target string){
		"held":              func(t *testing.T, target string) { mustAcquire(t, target) },
		"foreign":           func(t *testing.T, target string) { mustMkdir(t, target+".lock") },
		"orphaned guard":    func(t *testing.T, target string) { mustMkdir(t, target+".lock.reclaim") },
		"missing directory": func(t *testing.T, target string) { mustRemove(t, filepath.Dir(target)) },
	}
	for name, obstruct := range refusals {
		t.Run(name, func(t *testing.T) {
			target := newTarget(t)
			obstruct(t, target)
			asked := 0
			last := func() (int, bool, error) {
				asked++
				return asked, false, nil
			}
			_, refused := AcquireOrAdopt(t.Context(), target, last, WithTimeout(0))
			if _, ours := refused.(*Error); !ours {
				t.Fatalf("got %v", refused)
			}
			times := asked
			asked = 0
			got, err := AcquireOrAdopt(t.Context(), target, func() (int, bool, error) {
				asked++
				return asked, asked == times, nil
			}, WithTimeout(0))
			if err != nil || got.Value != times || times < 2 {
				t.Errorf("%+v, %v, asked %d times", got, err, times)
			}
		})
	}
}

func mustMkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestAnErrorOfTheQuestionEndsTheWaitAndLeavesNothing(t *testing.T) {
	target := newTarget(t)
	other := mustAcquire(t, target)
	for after := range 3 {
		asked := 0
		_, err := AcquireOrAdopt(t.Context(), target, func() (int, bool, error) {
			if asked++; asked > after {
				return 0, true, errNotYet
			}
			return 0, false, nil
		}, WithTimeout(0))
		if err != errNotYet || asked != after+1 {
			t.Errorf("after %d: %v, asked %d times", after, err, asked)
		}
	}
	mustRelease(t, other)
	mustBeEmpty(t, filepath.Dir(target))
}

func TestACancelledWaitEndsWithoutAskingAgain(t *testing.T) {
	target := newTarget(t)
	mustAcquire(t, target)
	ctx, cancel := context.WithCancel(context.Background())
	asked, before := 0, 0
	_, err := AcquireOrAdopt(ctx, target, func() (int, bool, error) {
		asked++
		return 0, false, nil
	}, WithTimeout(time.Minute), WithOnWait(func(WaitEvent) {
		before = asked
		cancel()
	}))
	if !errors.Is(err, context.Canceled) || asked != before {
		t.Errorf("%v, asked %d times, %d before", err, asked, before)
	}
	if _, err := AcquireOrAdopt(ctx, target, func() (int, bool, error) {
		t.Error("asked")
		return 0, true, nil
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNobodyIsAskedWhileTheLockIsOurs(t *testing.T) {
	target := newTarget(t)
	write0644(t, target+".lock", deadPayload(t, nil)) // To be reclaimed, which takes a moment with the lock in hand.
	got, err := AcquireOrAdopt(t.Context(), target, func() (int, bool, error) {
		state, err := Inspect(target)
		if err != nil || state.Holder != nil && state.Holder.PID == os.Getpid() && state.Verdict == Held {
			t.Errorf("asked while %+v, %v", state, err)
		}
		return 0, false, nil
	})
	if err != nil || got.Adopted() {
		t.Fatalf("%+v, %v", got, err)
	}
	mustRelease(t, got.Lock)
}

func TestWithoutAQuestionNothingIsTouched(t *testing.T) {
	target := newTarget(t)
	if _, err := AcquireOrAdopt[int](t.Context(), target, nil); !errors.Is(err, ErrInvalidOption) {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Dir(target))
}
