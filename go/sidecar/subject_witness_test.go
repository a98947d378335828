package sidecar

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// asked counts how often a witness is asked, and answers for it. Nobody else is in its PID namespace.
type asked struct {
	machine
	count  int
	answer error
}

func (a *asked) Connect(string) (int64, error) {
	a.count++
	return 0, a.answer
}

func (a *asked) Self() evidence.Identity {
	own := self()
	own.PIDNamespace = "pid:[1]"
	return own
}

// neighbour writes the lock of a holder in another container of this machine, and is a contender's view of it.
func neighbour(t *testing.T, answer error, change func(*lockPayload)) (*subject, *asked) {
	t.Helper()
	path := newTarget(t) + ".lock"
	dev, err := deviceOf(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	payload := newPayload(newToken(), dev)
	payload.PidNamespace = "pid:[2]"
	payload.Witness = ".openclaw-lock-0123456789abcdef.sock"
	if change != nil {
		change(&payload)
	}
	write0644(t, path, payloadText(t, payload))
	sys := &asked{answer: answer}
	return &subject{
		path: path, dirDev: dev, sys: sys, clock: &fileClock{dir: filepath.Dir(path)}, policy: policy{StaleMs: 30_000},
	}, sys
}

func mustLook(t *testing.T, look func() (*finding, error), reason string) {
	t.Helper()
	found, err := look()
	if err != nil || found == nil || found.answer.Reason != reason {
		t.Fatalf("got %+v, %v, want %s", found, err, reason)
	}
}

func TestARefusalStandsForTheBytesOfTheLock(t *testing.T) {
	if self().BootID == "" {
		t.Skip("Linux only")
	}
	lock, sys := neighbour(t, syscall.ECONNREFUSED, nil)
	mustLook(t, lock.look, "witness-refused")
	mustLook(t, lock.look, "witness-refused")
	mustLook(t, lock.lookAnew, "witness-refused")
	age(t, lock.path, time.Minute) // A change, but not of the bytes.
	mustLook(t, lock.look, "witness-refused")
	if sys.count != 1 {
		t.Errorf("asked %d times", sys.count)
	}
	raw, err := os.ReadFile(lock.path)
	if err != nil {
		t.Fatal(err)
	}
	sys.answer = nil
	write0644(t, lock.path, string(raw)+"\n")
	mustLook(t, lock.look, "witness-answers")
}

func TestAnAnswerIsAskedForAgainAndAlwaysUnderTheGuard(t *testing.T) {
	for reason, answer := range map[string]error{"witness-answers": nil, "other-domain": syscall.ENOENT} {
		t.Run(reason, func(t *testing.T) {
			if self().BootID == "" {
				t.Skip("Linux only")
			}
			lock, sys := neighbour(t, answer, nil)
			mustLook(t, lock.look, reason)
			asAtOnce := sys.count
			mustLook(t, lock.lookAnew, reason)
			if asAtOnce != 1 || sys.count != 2 {
				t.Errorf("asked %d, then %d times", asAtOnce, sys.count)
			}
			sys.answer = syscall.ECONNREFUSED
			mustLook(t, lock.look, reason)
			lock.memory.askedAt = lock.memory.askedAt.Add(-rememberWitnessFor)
			mustLook(t, lock.look, "witness-refused")
		})
	}
}

func TestARefusalThroughAnotherMountIsNoDeath(t *testing.T) {
	if self().BootID == "" {
		t.Skip("Linux only")
	}
	lock, _ := neighbour(t, syscall.ECONNREFUSED, func(p *lockPayload) { p.Dev = "1" })
	mustLook(t, lock.look, "other-domain")
	lock, _ = neighbour(t, syscall.ECONNREFUSED, func(p *lockPayload) { p.Dev = "" })
	mustLook(t, lock.look, "other-domain")
}

// watch lets a subject have seen the same for a while.
func watch(t *testing.T, lock *subject, reason string, by time.Duration) {
	t.Helper()
	mustLook(t, lock.look, reason)
	lock.unchanged = by
}

func TestSilenceCountsOnlyAfterItWasWatched(t *testing.T) {
	if self().BootID == "" {
		t.Skip("Linux only")
	}
	earlier := func(p *lockPayload) { p.BootId, p.HeartbeatMs = "an-earlier-boot", 10_000 }
	lock, _ := neighbour(t, syscall.ENOENT, earlier)
	age(t, lock.path, time.Hour)
	watch(t, lock, "other-domain", silenceWatch-pollMax)
	// However long the machine slept between two looks.
	lock.seenAt = lock.seenAt.Add(-time.Hour)
	lock.unchanged -= time.Millisecond
	mustLook(t, lock.look, "other-domain")
	lock.unchanged = silenceWatch
	mustLook(t, lock.look, "no-sign-of-life")
	mustLook(t, lock.lookAnew, "no-sign-of-life")
	age(t, lock.path, time.Minute) // A beat, if an old one.
	mustLook(t, lock.look, "other-domain")
}

func TestSilenceIsOfThreeBeatsAtLeast(t *testing.T) {
	if self().BootID == "" {
		t.Skip("Linux only")
	}
	for reason, beats := range map[string]int64{"no-sign-of-life": 19_000, "other-domain": 21_000} {
		lock, _ := neighbour(t, syscall.ENOENT, func(p *lockPayload) { p.BootId, p.HeartbeatMs = "an-earlier-boot", beats })
		age(t, lock.path, time.Minute)
		watch(t, lock, "other-domain", silenceWatch)
		mustLook(t, lock.look, reason)
	}
}

// A stopped holder is silent too.
func TestAHolderOfTheSameBootIsNeverTakenForItsSilence(t *testing.T) {
	if self().BootID == "" {
		t.Skip("Linux only")
	}
	lock, _ := neighbour(t, syscall.ENOENT, nil)
	age(t, lock.path, time.Hour)
	watch(t, lock, "other-domain", time.Hour)
	mustLook(t, lock.look, "other-domain")
	lock.policy.TrustPIDs = true
	mustLook(t, lock.look, "pids-trusted")
}
