package sidecar

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/vector"
)

// vectors loads the contract's cases. Only in a copy of the module alone, without the repository, are there none.
func vectors[T any](t *testing.T, name string) []T {
	t.Helper()
	if _, err := os.Stat("../../spec/README.md"); err != nil {
		t.Skip("no spec beside this module")
	}
	cases, err := vector.Load[T]("../../spec/vectors/" + name)
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	return cases
}

func TestPayloadVectorsAreClassifiedAsExpected(t *testing.T) {
	for _, each := range vectors[vector.Payload](t, "payload.json") {
		t.Run(each.Name, func(t *testing.T) {
			raw, err := each.Raw()
			if err != nil {
				t.Fatal(err)
			}
			got := classify(raw)
			if string(got.Content) != each.Expect["content"] {
				t.Fatalf("content is %s, want %v", got.Content, each.Expect["content"])
			}
			if got.Content != evidence.JSON {
				return
			}
			checkNumber(t, "pid", got.PID, each.Expect["pid"])
			checkNumber(t, "starttime", got.Starttime, each.Expect["starttime"])
			checkNumber(t, "heartbeatMs", got.HeartbeatMs, each.Expect["heartbeatMs"])
			if ms, parsed := each.Expect["createdAt"].(float64); parsed {
				if got.CreatedAt != evidence.CreatedPast || got.CreatedAtMs != int64(ms) {
					t.Errorf("createdAt is %s %d, want %f", got.CreatedAt, got.CreatedAtMs, ms)
				}
			} else if string(got.CreatedAt) != each.Expect["createdAt"] {
				t.Errorf("createdAt is %s, want %v", got.CreatedAt, each.Expect["createdAt"])
			}
			want := map[string]string{}
			for key, value := range each.Expect["strings"].(map[string]any) {
				want[key] = value.(string)
			}
			if !maps.Equal(got.Strings, want) {
				t.Errorf("strings are %q, want %q", got.Strings, want)
			}
		})
	}
}

func checkNumber(t *testing.T, name string, got *int64, want any) {
	t.Helper()
	number, wanted := want.(float64)
	if (got != nil) != wanted || wanted && *got != int64(number) {
		t.Errorf("%s is %v, want %v", name, got, want)
	}
}

func TestForeignVectorsAreAnsweredAsExpected(t *testing.T) {
	for _, each := range vectors[vector.Foreign](t, "foreign.json") {
		t.Run(each.Name, func(t *testing.T) {
			switch {
			case each.Lock != nil:
				seen, err := each.Lock.Seen()
				if err != nil {
					t.Fatal(err)
				}
				entry, pid := named(seen)
				if entry.kind != each.Expect.Kind || !equalPID(pid, each.Expect.PID) {
					t.Errorf("%s %v, want %s %v", entry.kind, pid, each.Expect.Kind, each.Expect.PID)
				}
			case each.Locks != nil:
				got := vector.KernelLocks(kernelLocksOf(*each.Locks, each.Major, each.Minor, each.Inode))
				same := slices.EqualFunc(got, each.Expect.KernelLocks, func(a, b vector.KernelLock) bool {
					return a.Type == b.Type && a.Access == b.Access && equalPID(a.PID, b.PID)
				})
				if !same {
					t.Errorf("%v, want %v", got, each.Expect.KernelLocks)
				}
			default:
				got := abandoned(*each.Evidence, policy{StaleMs: each.StaleMs, TrustPIDs: each.Trust})
				if got != each.Expect.Answer {
					t.Errorf("%s, want %s", got, each.Expect.Answer)
				}
			}
		})
	}
}

func equalPID(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func TestVerdictVectorsAreJudgedAsExpected(t *testing.T) {
	for _, each := range vectors[vector.Observation](t, "verdict.json") {
		t.Run(each.Name, func(t *testing.T) {
			file, err := each.Lock.File()
			if err != nil {
				t.Fatal(err)
			}
			seen := hook.Observe(&each.System, file, each.Lock.QuietMs, each.Lock.SilentMs, each.Policy())
			if got := judge(seen, each.Policy()); got != each.Expect {
				t.Errorf("got %+v, want %+v, from %+v", got, each.Expect, seen)
			}
		})
	}
}
