package oauth

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/provider"
	"github.com/openclaw/lock-helpers/go/sidecar"
	"github.com/openclaw/lock-helpers/go/store"
)

func TestARefreshIsSavedAndLeavesNothing(t *testing.T) {
	l := newLogin(t)
	got, err := l.refresh()
	l.mustHave(got, err, Refreshed)
	expires, is := got.Credential.ExpiresMs()
	if left := time.Until(time.UnixMilli(int64(expires))); !is || left < 59*time.Minute || left > time.Hour {
		t.Errorf("expires in %v", left)
	}
	if content, _ := os.ReadFile(l.path); !strings.HasPrefix(string(content), "{\n  \"v\": 1.0,\n  \"logins\": {\n    \"xai\": {\"type\": \"oauth\", \"refresh\": ") {
		t.Errorf("%s", content)
	}
	l.mustBeAlone(0)
	l.mustHide(everything(got))
	l.mustHide(everything(*got))
	again, err := l.refresh()
	l.mustHave(again, err, Fresh)
	l.mustHavePosted(1)
}

func TestManyAtOnceMakeOneRequest(t *testing.T) {
	l := newLogin(t)
	var callers sync.WaitGroup
	hows := make(chan How, 20)
	for range 20 {
		callers.Add(1)
		go func() {
			defer callers.Done()
			got, err := l.refresh()
			if err != nil {
				t.Error(err)
				return
			}
			if _, access := l.Tokens(); got.Credential.Access() != access {
				t.Error("another token")
			}
			hows <- got.How
		}()
	}
	callers.Wait()
	close(hows)
	refreshed := 0
	for how := range hows {
		if how == Refreshed {
			refreshed++
		}
	}
	if refreshed != 1 {
		t.Errorf("%d have refreshed", refreshed)
	}
	l.mustHavePosted(1)
	l.mustBeAlone(0)
}

// Tokens that live for less than the margin must not be refreshed by every waiter in turn.
func TestAShortLivedTokenIsRefreshedOnceByManyProcesses(t *testing.T) {
	l := newLogin(t)
	l.ExpiresIn = 60
	hold := make(chan struct{})
	l.Next(provider.Plan{Hold: hold})
	var all []*process
	for range 6 {
		all = append(all, start(t, "refresh", l.path, l.URL))
	}
	for _, each := range all {
		if each.line() != "reading" {
			t.Fatal("did not begin")
		}
		if _, err := each.stdin.Write([]byte("go\n")); err != nil {
			t.Fatal(err)
		}
	}
	for _, each := range all {
		if each.line() != "read" {
			t.Fatal("did not read")
		}
	}
	close(hold)
	for _, each := range all {
		if line := each.line(); line != "refreshed" && line != "adopted" {
			t.Error(line)
		}
	}
	l.mustHavePosted(1)
}

func TestAWaiterAdoptsWhatAppearsAlthoughTheLockIsNeverReleased(t *testing.T) {
	l := newLogin(t)
	lock, err := sidecar.Acquire(t.Context(), l.path)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	got, err := l.refresh(WithLockOptions(sidecar.WithOnWait(func(sidecar.WaitEvent) {
		l.write("refresh-other", "access-other", time.Now().Add(time.Hour))
	})))
	if err != nil || got.How != Adopted || got.Credential.Access() != "access-other" {
		t.Fatalf("%+v, %v", got, err)
	}
	l.mustHavePosted(0)
}

func TestWhoGivesUpWaitingDoesNotRefresh(t *testing.T) {
	l := newLogin(t)
	lock, err := sidecar.Acquire(t.Context(), l.path)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	_, err = l.refresh(WithTimeout(30 * time.Millisecond))
	failed := l.mustFail(err, ErrContention)
	if failed.Holder == nil || failed.Holder.PID != os.Getpid() || failed.Waited == 0 || !errors.Is(err, sidecar.ErrTimeout) {
		t.Errorf("%+v", failed)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := RefreshStored(ctx, l.path, at, l.endpoint()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	l.mustHavePosted(0)
}

func TestOnlyWhoHasTheLockOrMayHaveItIsContention(t *testing.T) {
	all := []sidecar.Code{
		sidecar.ErrTimeout, sidecar.ErrForeign, sidecar.ErrStale, sidecar.ErrGuardOrphaned, sidecar.ErrLost, sidecar.ErrReentrant,
		sidecar.ErrPermission, sidecar.ErrUnsupported, sidecar.ErrInvalidOption, sidecar.ErrIO,
	}
	for i, code := range all {
		refused := &sidecar.Error{Code: code}
		err := (&run{}).lockError(refused)
		if contends := i < 4; errors.Is(err, ErrContention) != contends || !errors.Is(err, code) || !contends && err != error(refused) {
			t.Errorf("%s: %v", code, err)
		}
	}
	l := newLogin(t)
	_, err := l.refresh(WithLocks(filepath.Join(l.path+".none", "other"), l.path))
	if !errors.Is(err, sidecar.ErrIO) || errors.Is(err, ErrContention) {
		t.Errorf("without a directory: %v", err)
	}
	lock, err := sidecar.Acquire(t.Context(), l.path)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = RefreshStored(ctx, l.path, at, l.endpoint())
	l.mustFail(err, ErrContention)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after the context's deadline: %v", err)
	}
	l.mustHavePosted(0)
}

func TestARejectedAccessTokenIsNotFresh(t *testing.T) {
	l := newLogin(t)
	refresh, access := l.Tokens()
	l.write(refresh, access, time.Now().Add(time.Hour))
	got, err := l.refresh(WithRejected("another"))
	l.mustHave(got, err, Fresh)
	got, err = l.refresh(WithRejected(access))
	l.mustHave(got, err, Refreshed)
}

func TestWhatCannotBeRefreshedIsUnavailable(t *testing.T) {
	l := newLogin(t)
	_, access := l.Tokens()
	for _, refresh := range []string{"", " \u3000", "a\x00b"} {
		l.write(refresh, access, time.Time{})
		_, err := l.refresh()
		l.mustFail(err, ErrUnavailable)
	}
	_, err := RefreshStored(t.Context(), l.path, []string{"logins", "none"}, l.endpoint())
	l.mustFail(err, ErrUnavailable)
	_, err = RefreshStored(t.Context(), l.path, []string{"v"}, l.endpoint())
	l.mustFail(err, ErrUnavailable)
	_, err = RefreshStored(t.Context(), l.path+".none", at, l.endpoint())
	l.mustFail(err, store.ErrMissing)
	l.mustHavePosted(0)
	l.mustBeAlone(0)
}

func TestAStoreThatCannotBeReplacedSpendsNoToken(t *testing.T) {
	l := newLogin(t)
	if err := os.Link(l.path, l.path+".hard"); err != nil {
		t.Skip(err)
	}
	_, err := l.refresh()
	l.mustFail(err, store.ErrUnsupported)
	l.mustHavePosted(0)
	if err := os.Remove(l.path + ".hard"); err != nil {
		t.Fatal(err)
	}
	l.mustBeAlone(0)
}

func TestARejectionIsRememberedAndNothingIsSentAgain(t *testing.T) {
	l := newLogin(t)
	l.Next(provider.Plan{Status: 400, Body: `{"error":"invalid_grant","error_description":"refresh-secret"}`})
	for range 2 {
		_, err := l.refresh()
		failed := l.mustFail(err, ErrRejected)
		if failed.Reason != "invalid_grant" || failed.Intent == "" {
			t.Errorf("%+v", failed)
		}
	}
	if state, reason := l.intent(); state != "rejected" || reason != "invalid_grant" {
		t.Errorf("%s, %s", state, reason)
	}
	l.mustHavePosted(1)
	l.mustBeAlone(1)
	// Signed in again.
	refresh, access := l.Tokens()
	l.write(refresh, access+"2", time.Time{})
	got, err := l.refresh()
	l.mustHave(got, err, Refreshed)
}

func TestALoserAdoptsAndNeverWipesTheWinnersToken(t *testing.T) {
	for _, fresh := range []bool{true, false} {
		l := newLogin(t)
		refresh, access := l.Tokens()
		_, err := RefreshStored(t.Context(), l.path, at, func(ctx context.Context, now Credential) (Answer, error) {
			if now.Access() == access {
				expires := time.Now()
				if fresh {
					expires = expires.Add(time.Hour)
				} else {
					expires = time.Time{}
				}
				l.write(refresh, "access-winner", expires)
				return Answer{}, &RejectedError{Reason: "invalid_grant"}
			}
			return l.endpoint()(ctx, now)
		})
		if err != nil {
			t.Fatal(err)
		}
		if fresh {
			l.mustHavePosted(0)
		} else {
			l.mustHavePosted(1)
		}
		l.mustBeAlone(0)
	}
}

func TestWhatWasNotSentMayBeTriedAgain(t *testing.T) {
	plans := map[string]provider.Plan{
		"invalid_client": {Status: 401, Body: `{"error":"invalid_client"}`},
		"429":            {Status: 429, Body: "slow down refresh-x access-y"},
		"503":            {Status: 503, Header: http.Header{"Retry-After": {"1"}}},
	}
	for name, plan := range plans {
		t.Run(name, func(t *testing.T) {
			l := newLogin(t)
			l.Next(plan)
			_, err := l.refresh()
			l.mustFail(err, ErrFailed)
			l.mustBeAlone(0)
			got, err := l.refresh()
			if err != nil || got.How != Refreshed {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	l := newLogin(t)
	l.Close()
	_, err := l.refresh()
	l.mustFail(err, ErrFailed)
	l.mustBeAlone(0)
}

func TestAnUnknownOutcomeIsNeverTriedAgainByItself(t *testing.T) {
	plans := map[string]provider.Plan{
		"dropped before":       {Before: true},
		"dropped after":        {Drop: true},
		"500":                  {Status: 500},
		"503":                  {Status: 503},
		"a redirect":           {Status: 307, Header: http.Header{"Location": {"/token"}}},
		"no JSON":              {Status: 200, Body: "<html>"},
		"no access token":      {Status: 200, Body: `{"refresh_token":"refresh-x"}`},
		"400 without a reason": {Status: 400, Body: "no"},
	}
	for name, plan := range plans {
		t.Run(name, func(t *testing.T) {
			l := newLogin(t)
			l.Next(plan)
			for range 2 {
				_, err := l.refresh()
				if failed := l.mustFail(err, ErrOutcomeUnknown); failed.Intent == "" {
					t.Errorf("%+v", failed)
				}
			}
			if state, _ := l.intent(); state != "unknown" {
				t.Errorf("%s", state)
			}
			l.mustHavePosted(1)
			l.mustBeAlone(1)
			got, err := l.refresh(ResendIfDead())
			if all, _ := l.Posts(); all != 2 {
				t.Errorf("%d requests", all)
			}
			if name != "dropped after" {
				l.mustHave(got, err, Refreshed)
				l.mustBeAlone(0)
			}
		})
	}
}

func TestAnIntentThatHasReplacedAnotherIsNotTakenAway(t *testing.T) {
	l := newLogin(t)
	l.Next(provider.Plan{Drop: true}, provider.Plan{Status: 429})
	_, err := l.refresh()
	l.mustFail(err, ErrOutcomeUnknown)
	_, err = l.refresh(ResendIfDead())
	l.mustFail(err, ErrFailed)
	if state, _ := l.intent(); state != "unknown" {
		t.Errorf("%s", state)
	}
	_, err = l.refresh()
	l.mustFail(err, ErrOutcomeUnknown)
}

func TestAnUnreadableIntentIsAnUnknownOutcome(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "garbage": "{", "ownerless": `{"pid":"1"}`, "of another": `{"pid":1,"generation":"00","state":"sent"}`,
		"huge": strings.Repeat(" ", 70_000),
	} {
		l := newLogin(t)
		generation, _ := generationOf(l.stored())
		path := filepath.Join(filepath.Dir(l.path), ".openclaw-refresh-"+generation[:32]+".json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, options := range [][]Option{nil, {ResendIfDead()}} {
			_, err := l.refresh(options...)
			if failed := l.mustFail(err, ErrOutcomeUnknown); failed.Intent != path {
				t.Errorf("%s: %+v", name, failed)
			}
		}
		l.mustHavePosted(0)
	}
}

func TestALockThatIsLostBeforeTheRequestBeginsAgain(t *testing.T) {
	l := newLogin(t)
	onPoint(t, "refresh:intended", l.loseLock)
	got, err := l.refresh()
	l.mustHave(got, err, Refreshed)
	l.mustHavePosted(1)
	l.mustBeAlone(0)
}

func TestAStoreThatChangesBeforeTheRequestBeginsAgain(t *testing.T) {
	l := newLogin(t)
	refresh, access := l.Tokens()
	onPoint(t, "refresh:intended", func() { l.write(refresh, access+"2", time.Time{}) })
	got, err := l.refresh()
	l.mustHave(got, err, Refreshed)
	l.mustHavePosted(1)
	l.mustBeAlone(0)
}

func TestACompletedRefreshIsSavedAlthoughTheLockIsLost(t *testing.T) {
	for _, point := range []string{"refresh:verified", "refresh:answered", "store:written", "store:renamed", "refresh:saved"} {
		l := newLogin(t)
		onPoint(t, point, l.loseLock)
		got, err := l.refresh()
		l.mustHave(got, err, Refreshed)
		l.mustHavePosted(1)
		l.mustBeAlone(0)
	}
}

func TestWhatSomebodyElseHasStoredMeanwhileStays(t *testing.T) {
	l := newLogin(t)
	onPoint(t, "refresh:answered", func() { l.write("refresh-other", "access-other", time.Now().Add(time.Hour)) })
	got, err := l.refresh()
	if err != nil || got.How != Adopted || got.Credential.Access() != "access-other" || l.stored().Access() != "access-other" {
		t.Errorf("%+v, %v", got, err)
	}
	l.mustBeAlone(0)
}

func TestARetryThatAdoptsTakesTheIntentAway(t *testing.T) {
	l := newLogin(t)
	onPoint(t, "refresh:answered", func() { l.write("refresh-other", "access-other", time.Time{}) })
	_, err := l.refresh()
	failed := l.mustFail(err, ErrNotSaved)
	l.mustBeAlone(1)
	l.write("refresh-other", "access-another", time.Now().Add(time.Hour))
	got, err := failed.RetrySave(t.Context())
	if err != nil || got.How != Adopted || got.Credential.Access() != "access-another" {
		t.Errorf("%+v, %v", got, err)
	}
	l.mustBeAlone(0)
}

func TestAnEditOfTheSameLoginIsMergedWith(t *testing.T) {
	l := newLogin(t)
	onPoint(t, "store:written", func() {
		content, _ := os.ReadFile(l.path)
		edited := strings.Replace(string(content), `"note": "kept"`, `"note": "kept", "more": 1e400`, 1)
		if err := os.WriteFile(l.path, []byte(edited), 0o600); err != nil {
			t.Error(err)
		}
	})
	got, err := l.refresh()
	l.mustHave(got, err, Refreshed)
	if content, _ := os.ReadFile(l.path); !strings.Contains(string(content), `"more": 1e400`) {
		t.Errorf("%s", content)
	}
	l.mustBeAlone(0)
}

func TestWhatCannotBeSavedIsHandedBackAndSavedLater(t *testing.T) {
	l := newLogin(t)
	refresh, access := l.Tokens()
	onPoint(t, "refresh:answered", func() {
		if err := os.Rename(l.path, l.path+".away"); err != nil {
			t.Error(err)
		}
	})
	_, err := l.refresh()
	if err := os.Rename(l.path+".away", l.path); err != nil {
		t.Fatal(err)
	}
	failed := l.mustFail(err, ErrNotSaved)
	if _, newest := l.Tokens(); failed.Credential().Access() != newest || failed.Credential().Text("note") != "kept" {
		t.Error("not handed back")
	}
	l.mustBeAlone(1)
	if state, _ := l.intent(); state != "sent" {
		t.Errorf("%s", state)
	}
	// Others wait, since this process may save it yet.
	_, err = l.refresh(WithTimeout(50 * time.Millisecond))
	if blocked := l.mustFail(err, ErrContention); blocked.Holder == nil || blocked.Intent == "" {
		t.Errorf("%+v", blocked)
	}
	// Somebody else's credential is never overwritten.
	l.write("refresh-other", "access-other", time.Time{})
	_, err = failed.RetrySave(t.Context())
	again := l.mustFail(err, ErrNotSaved)
	l.write(refresh, access, time.Time{})
	var savers sync.WaitGroup
	for _, each := range []*Error{failed, again, failed} {
		savers.Add(1)
		go func() {
			defer savers.Done()
			got, err := each.RetrySave(t.Context())
			if err != nil || got.How != Refreshed {
				t.Errorf("%+v, %v", got, err)
			}
		}()
	}
	savers.Wait()
	got, err := l.refresh()
	l.mustHave(got, err, Fresh)
	l.mustHavePosted(1)
	l.mustBeAlone(0)
}

func TestALoginThatWasSignedOutIsNotResurrected(t *testing.T) {
	l := newLogin(t)
	onPoint(t, "refresh:answered", func() {
		if err := os.WriteFile(l.path, []byte("{}"), 0o600); err != nil {
			t.Error(err)
		}
	})
	_, err := l.refresh()
	l.mustFail(err, ErrNotSaved)
	if content, _ := os.ReadFile(l.path); string(content) != "{}" {
		t.Errorf("%s", content)
	}
}

func TestAnAnswerThatNobodyCouldRefreshIsHandedBackAndNeverSaved(t *testing.T) {
	l := newLogin(t)
	l.More = map[string]any{"refresh_token": "refresh-\x00"}
	before := string(mustRead(t, l.path))
	_, err := l.refresh()
	failed := l.mustFail(err, ErrNotSaved)
	_, err = failed.RetrySave(t.Context())
	l.mustFail(err, ErrNotSaved)
	if string(mustRead(t, l.path)) != before {
		t.Error("was saved")
	}
}

func TestAnAnswerForAnotherAccountIsHandedBackAndNotSaved(t *testing.T) {
	l := newLogin(t)
	l.More = map[string]any{"account_id": "other"}
	before := strings.Replace(string(mustRead(t, l.path)), `"note"`, `"accountId": "mine", "note"`, 1)
	if err := os.WriteFile(l.path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := l.refresh()
	failed := l.mustFail(err, ErrIdentity)
	if _, access := l.Tokens(); failed.Credential().Access() != access {
		t.Error("not handed back")
	}
	_, err = failed.RetrySave(t.Context())
	l.mustFail(err, ErrIdentity)
	if string(mustRead(t, l.path)) != before {
		t.Error("was saved")
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestAnErrorOfTheRefreshFunctionLosesItsTokensAndItself(t *testing.T) {
	l := newLogin(t)
	l.write("refresh-a+/ b\n\"", "access-\u202e", time.Time{})
	type leak struct{ error }
	_, err := RefreshStored(t.Context(), l.path, at, func(_ context.Context, now Credential) (Answer, error) {
		said := now.RefreshToken() + " refresh_token=refresh-a%2B%2F+b%0A%22& \"refresh-a+/ b\\n\\\"\" " + now.Access()
		return Answer{}, leak{errors.New(said)}
	})
	failed := l.mustFail(err, ErrOutcomeUnknown)
	var object leak
	if errors.As(err, &object) || strings.Contains(err.Error(), "refresh-a") || strings.Contains(failed.Err.Error(), "refresh-a") {
		t.Errorf("%v", err)
	}
}

func TestAPanicOfTheRefreshFunctionIsAnUnknownOutcome(t *testing.T) {
	l := newLogin(t)
	func() {
		defer func() {
			if recover() != "boom" {
				t.Error("no panic")
			}
		}()
		_, _ = RefreshStored(t.Context(), l.path, at, func(context.Context, Credential) (Answer, error) { panic("boom") })
	}()
	if state, _ := l.intent(); state != "unknown" {
		t.Errorf("%s", state)
	}
	l.mustBeAlone(1)
}

func TestARefreshInsideARefreshIsNotedAtOnce(t *testing.T) {
	l := newLogin(t)
	var inner error
	_, err := RefreshStored(t.Context(), l.path, at, func(ctx context.Context, _ Credential) (Answer, error) {
		_, inner = RefreshStored(ctx, l.path, at, l.endpoint())
		return Answer{}, &NotSentError{inner}
	})
	l.mustFail(err, ErrFailed)
	if !errors.Is(inner, sidecar.ErrReentrant) {
		t.Errorf("got %v", inner)
	}
}

func TestACancelledCallReturnsTheCompletedRefresh(t *testing.T) {
	l := newLogin(t)
	hold := make(chan struct{})
	l.Next(provider.Plan{Hold: hold})
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	go func() {
		<-l.Posted
		cancel()
		close(hold)
	}()
	got, err := RefreshStored(ctx, l.path, at, l.endpoint())
	l.mustHave(got, err, Refreshed)
	l.mustBeAlone(0)
}

func TestWrongArgumentsAreRefusedBeforeAnythingIsTouched(t *testing.T) {
	l := newLogin(t)
	for name, options := range map[string][]Option{
		"negative":        {WithTimeout(-1)},
		"no time":         {WithCallTimeout(0)},
		"nil":             {nil},
		"a lock's":        {WithLockOptions(sidecar.WithStale(-1))},
		"not the store's": {WithLocks(l.path + ".other")},
	} {
		if _, err := l.refresh(options...); !errors.Is(err, sidecar.ErrInvalidOption) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := RefreshStored(t.Context(), l.path, at, nil); !errors.Is(err, sidecar.ErrInvalidOption) {
		t.Errorf("%v", err)
	}
	l.mustHavePosted(0)
	l.mustBeAlone(0)
}
