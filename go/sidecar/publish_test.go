package sidecar

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestACandidateIsNeverSeenAtTheLockPathUnlessWhole(t *testing.T) {
	target := newTarget(t)
	onPoint(t, "acquire:candidate", func() {
		if _, err := os.Lstat(target + ".lock"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("published before it was whole: %v", err)
		}
	})
	mustAcquire(t, target)
}

func TestWhoeverLinksFirstWins(t *testing.T) {
	target := newTarget(t)
	onPoint(t, "acquire:candidate", func() { write0644(t, target+".lock", deadPayload(t, nil)) })
	lock := mustAcquire(t, target)
	if !lock.Verify() {
		t.Error("not held")
	}
	mustRelease(t, lock)
	mustBeEmpty(t, filepath.Dir(target))
}

func TestASweptCandidateIsMadeAnew(t *testing.T) {
	target := newTarget(t)
	onPoint(t, "acquire:candidate", func() {
		for _, name := range namesIn(t, filepath.Dir(target)) {
			mustRemove(t, filepath.Join(filepath.Dir(target), name))
		}
	})
	if !mustAcquire(t, target, WithTimeout(0)).Verify() {
		t.Error("not held")
	}
}

func TestALostReplyOfLinkIsAcquired(t *testing.T) {
	target := newTarget(t)
	raw := []byte("ours\n")
	linked := steps{linked: nothing, candidate: func() { write0644(t, target+".lock", string(raw)) }}
	own, err := publish(target+".lock", filepath.Dir(target), newToken(), raw, lockForm, linked)
	if err != nil {
		t.Fatal(err)
	}
	own.forget()
}

func TestPublishingInPlaceIsExclusiveAndWhole(t *testing.T) {
	path := newTarget(t) + ".lock"
	own, err := publishInPlace(path, newToken(), []byte("first\n"), lockForm)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publishInPlace(path, newToken(), []byte("second\n"), lockForm); err != errTaken {
		t.Errorf("got %v", err)
	}
	if ours, err := holds(path, []byte("first\n")); !ours {
		t.Error(err)
	}
	own.withdraw(nothing)
	mustBeEmpty(t, filepath.Dir(path))
}

func TestOldCandidatesAndMarkersOfNothingAreSwept(t *testing.T) {
	target := newTarget(t)
	dir := filepath.Dir(target)
	of := paths{guard: filepath.Join(dir, "other.json.lock.reclaim")}
	guard := deadPayload(t, nil)
	write0644(t, of.guard, guard)
	keep := []string{
		"other.json.lock.reclaim",
		filepath.Base(of.marker([]byte(guard))),
		".openclaw-lock-not-ours.tmp",
		fmt.Sprintf(".openclaw-lock-%032x.tmp", 1),
		"some.lock.reclaim.0123456789abcdef0",
	}
	remove := []string{
		fmt.Sprintf(".openclaw-lock-%032x.tmp", 2),
		filepath.Base(of.marker([]byte("gone"))),
		"some.lock.reclaim.0123456789abcdef",
	}
	for _, name := range append(keep[1:], remove...) {
		write0644(t, filepath.Join(dir, name), name)
		age(t, filepath.Join(dir, name), time.Minute)
	}
	age(t, filepath.Join(dir, keep[3]), time.Second)
	mustRelease(t, mustAcquire(t, target))
	for _, name := range keep {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	for _, name := range remove {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("left: %s", name)
		}
	}
}

func TestWhatCouldNotBeRemovedIsRemovedAtTheNextAcquire(t *testing.T) {
	target := newTarget(t)
	path := candidatePath(filepath.Dir(target), newToken())
	write0644(t, path, "")
	leftovers.add(leftover{path: path})
	mustRelease(t, mustAcquire(t, target))
	mustBeEmpty(t, filepath.Dir(target))
}
