package oauth

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/provider"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// mustComeToBeAlone waits for the end of what goes on behind a call that has returned.
func (l *login) mustComeToBeAlone() {
	l.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		sidecar.CloseIdleWitnesses()
		if names, _ := os.ReadDir(filepath.Dir(l.path)); len(names) == 1 {
			break
		}
	}
	l.mustBeAlone(0)
}

func mustCome(t *testing.T, event <-chan struct{}) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(30 * time.Second):
		t.Fatal("never came to that")
	}
}

func impatiently(t *testing.T, limit time.Duration) {
	grace, before, pause := callGrace, lateLimit, latePause
	callGrace, lateLimit, latePause = 10*time.Millisecond, limit, time.Millisecond
	t.Cleanup(func() { callGrace, lateLimit, latePause = grace, before, pause })
}

// late is a login whose refresh function has been given up, and whose store refuses what is saved, with what save returns.
type late struct {
	*login
	goOn chan struct{}
}

func giveUp(t *testing.T, save func(try int) error) *late {
	t.Helper()
	l := &late{newLogin(t), make(chan struct{})}
	place := &stored{path: l.path, keys: at}
	tries := 0
	read := func() (Kept, error) {
		kept, err := place.read()
		return Kept{kept.Credential, func(changes []Change, locks []*sidecar.Lock) error {
			tries++
			if err := save(tries); err != nil {
				return err
			}
			return kept.Save(changes, locks)
		}}, err
	}
	login := Login{Locks: []string{l.path}, Intents: filepath.Dir(l.path), Read: read, Reserve: place.reserve}
	_, err := Refresh(t.Context(), login, func(_ context.Context, now Credential) (Answer, error) {
		<-l.goOn
		return l.endpoint()(context.Background(), now)
	}, WithCallTimeout(10*time.Millisecond))
	l.mustFail(err, ErrOutcomeUnknown)
	return l
}

var errDisk = errors.New("the disk refuses")

func TestARefreshFunctionThatWasGivenUpIsSavedAllTheSame(t *testing.T) {
	impatiently(t, time.Minute)
	l := newLogin(t)
	told, goOn, saved := make(chan struct{}), make(chan struct{}), make(chan struct{})
	onPoint(t, "refresh:saved", func() { close(saved) })
	_, err := RefreshStored(t.Context(), l.path, at, func(ctx context.Context, now Credential) (Answer, error) {
		<-ctx.Done()
		close(told)
		<-goOn
		return l.endpoint()(context.Background(), now)
	}, WithCallTimeout(10*time.Millisecond))
	l.mustFail(err, ErrOutcomeUnknown)
	<-told
	if state, _ := l.intent(); state != "sent" {
		t.Errorf("%s", state)
	}
	_, err = l.refresh(WithTimeout(10 * time.Millisecond))
	l.mustFail(err, ErrContention)
	close(goOn)
	mustCome(t, saved)
	got, err := l.refresh()
	l.mustHave(got, err, Fresh)
	l.mustHavePosted(1)
	l.mustComeToBeAlone()
}

func TestALateAnswerIsSavedWhenTheStoreTakesItAgain(t *testing.T) {
	impatiently(t, time.Minute)
	third, mended, saved := make(chan struct{}), make(chan struct{}), make(chan struct{})
	onPoint(t, "refresh:saved", func() { close(saved) })
	l := giveUp(t, func(try int) error {
		if try == 3 {
			close(third)
			<-mended
		}
		if try <= 3 {
			return errDisk
		}
		return nil
	})
	close(l.goOn)
	mustCome(t, third)
	if state, _ := l.intent(); state != "sent" {
		t.Errorf("%s", state)
	}
	if room, _ := filepath.Glob(filepath.Join(filepath.Dir(l.path), ".openclaw-store-*.tmp")); len(room) != 1 {
		t.Errorf("room for it: %v", room)
	}
	_, err := l.refresh(WithTimeout(10 * time.Millisecond))
	l.mustFail(err, ErrContention)
	_, err = l.refresh(WithTimeout(10*time.Millisecond), ResendIfDead())
	l.mustFail(err, ErrContention)
	close(mended)
	mustCome(t, saved)
	got, err := l.refresh()
	l.mustHave(got, err, Fresh)
	l.mustHavePosted(1)
	l.mustComeToBeAlone()
}

func TestALateAnswerThatCannotBeSavedBecomesAnUnknownOutcomeInTheEnd(t *testing.T) {
	impatiently(t, 20*time.Millisecond)
	l := giveUp(t, func(int) error { return errDisk })
	close(l.goOn)
	state := ""
	for deadline := time.Now().Add(30 * time.Second); state != "unknown" && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		state, _ = l.intent()
	}
	_, err := l.refresh()
	if failed := l.mustFail(err, ErrOutcomeUnknown); failed.Intent == "" || state != "unknown" {
		t.Errorf("%s, %+v", state, failed)
	}
	l.mustHavePosted(1)
}

func TestALateRejectionIsRemembered(t *testing.T) {
	impatiently(t, time.Minute)
	l := giveUp(t, func(int) error { return errDisk })
	l.Next(provider.Plan{Status: 400, Body: `{"error":"invalid_grant"}`})
	close(l.goOn)
	_, err := l.refresh()
	l.mustFail(err, ErrRejected)
	l.mustHavePosted(1)
}
