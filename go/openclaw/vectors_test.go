package openclaw

import (
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/vector"
	"github.com/openclaw/lock-helpers/go/oauth"
)

func TestStateVectorsComeOutAsExpected(t *testing.T) {
	cases, err := vector.Load[vector.Asked]("../../spec/vectors/state.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no vectors beside this module")
	}
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, each := range cases {
		t.Run(each.Name, func(t *testing.T) {
			if each.LoneSurrogate {
				t.Skip("text in Go has no lone surrogates")
			}
			var got map[string]any
			switch {
			case each.Members["paths"] != nil:
				got = askPaths(t, each.Members["paths"])
			case each.Members["owner"] != nil:
				var asked struct{ Main, Agent json.RawMessage }
				mustUnmarshal(t, each.Members["owner"], &asked)
				got = map[string]any{"owner": string(OwnerOf(credentialIn(t, asked.Main), credentialIn(t, asked.Agent)))}
			default:
				got = askCredential(t, each)
			}
			if _, refused := each.Expect["code"]; refused != (got["code"] != nil) {
				t.Fatalf("got %v, want %v", got, each.Expect)
			}
			for key, want := range each.Expect {
				if !reflect.DeepEqual(got[key], want) {
					t.Errorf("%s is %v, want %v", key, got[key], want)
				}
			}
		})
	}
}

func mustUnmarshal(t *testing.T, raw json.RawMessage, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

func credentialIn(t *testing.T, raw json.RawMessage) oauth.Credential {
	t.Helper()
	found, err := oauth.ParseCredential(raw)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func askPaths(t *testing.T, raw json.RawMessage) map[string]any {
	t.Helper()
	var asked struct {
		Env                         map[string]string
		Home, Cwd                   string
		Exists                      []string
		Profile, AgentID, ProfileID string
		Provider                    *string
	}
	mustUnmarshal(t, raw, &asked)
	around := environment{
		getenv: func(name string) string { return asked.Env[name] }, home: asked.Home, dir: asked.Cwd,
		exists: func(path string) bool { return slices.Contains(asked.Exists, path) },
	}
	got, err := around.answer(asked.Profile, asked.AgentID, asked.Provider, asked.ProfileID)
	if err != nil {
		return map[string]any{"code": "file_lock_invalid_option"}
	}
	return got
}

func askCredential(t *testing.T, each vector.Asked) map[string]any {
	t.Helper()
	var now float64
	mustUnmarshal(t, each.Members["now"], &now)
	stored, main, at := credentialIn(t, each.Members["credential"]), credentialIn(t, each.Members["main"]), time.UnixMilli(int64(now))
	got := map[string]any{
		"usable": IsUsable(stored, at), "fence": nil, "mayAdopt": MayAdopt(stored, main, at), "sameAccount": nil,
	}
	if fence := FenceOf(stored); fence != NoFence {
		got["fence"] = string(fence)
	}
	if main.Exists() {
		got["sameAccount"] = oauth.SameAccount(stored, main)
	}
	return got
}
