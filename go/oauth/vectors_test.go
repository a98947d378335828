package oauth

import (
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/vector"
)

func TestRefreshVectorsComeOutAsExpected(t *testing.T) {
	cases, err := vector.Load[vector.Asked]("../../spec/vectors/refresh.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no vectors beside this module")
	}
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, each := range cases {
		t.Run(each.Name, func(t *testing.T) {
			var got map[string]any
			switch {
			case each.Members["generation"] != nil:
				found, err := generationOf(credentialIn(t, each.Members["generation"]))
				got = map[string]any{"generation": found}
				if err != nil {
					got = map[string]any{"code": "refresh_unavailable"}
				}
			case each.Members["fresh"] != nil:
				got = askFresh(t, each.Members["fresh"])
			default:
				got = askMerge(t, each.Members["merge"])
			}
			if !reflect.DeepEqual(got, each.Expect) {
				t.Errorf("got %v, want %v", got, each.Expect)
			}
		})
	}
}

func credentialIn(t *testing.T, raw json.RawMessage) Credential {
	t.Helper()
	found, err := ParseCredential(raw)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func askFresh(t *testing.T, raw json.RawMessage) map[string]any {
	t.Helper()
	var asked struct {
		First, Credential json.RawMessage
		Rejected          string
		Now               int64
	}
	if err := json.Unmarshal(raw, &asked); err != nil {
		t.Fatal(err)
	}
	test := func(c Credential) bool { return IsFresh(c, time.UnixMilli(asked.Now)) }
	f := freshness{first: credentialIn(t, asked.First), rejected: asked.Rejected, test: test}
	return map[string]any{"fresh": f.of(credentialIn(t, asked.Credential))}
}

func askMerge(t *testing.T, raw json.RawMessage) map[string]any {
	t.Helper()
	var asked struct {
		Stored, Answer json.RawMessage
		RequestedAt    int64
	}
	if err := json.Unmarshal(raw, &asked); err != nil {
		t.Fatal(err)
	}
	answer, err := ParseAnswer(asked.Answer)
	if err != nil {
		t.Fatal(err)
	}
	stored := credentialIn(t, asked.Stored)
	changes, err := merge(stored, answer, time.UnixMilli(asked.RequestedAt))
	switch {
	case errors.Is(err, errOtherAccount):
		return map[string]any{"code": string(ErrIdentity)}
	case err != nil:
		return map[string]any{"code": string(ErrOutcomeUnknown)}
	}
	merged, err := json.Marshal(stored.with(changes).members())
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(merged, &plain); err != nil {
		t.Fatal(err)
	}
	return map[string]any{"credential": plain}
}
