package sidecar

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWrongOptionsAreRefusedBeforeAnythingIsTouched(t *testing.T) {
	const tooLong = 365*24*time.Hour + 1
	wrong := map[string]Option{
		"negative timeout":          WithTimeout(-1),
		"a timeout of over a year":  WithTimeout(tooLong),
		"the smallest timeout":      WithTimeout(math.MinInt64),
		"the largest timeout":       WithTimeout(math.MaxInt64),
		"negative stale":            WithStale(-1),
		"a stale of over a year":    WithStale(tooLong),
		"negative foreign timeout":  WithForeignTimeout(-1),
		"a long foreign timeout":    WithForeignTimeout(tooLong),
		"a long purpose":            WithPurpose(strings.Repeat("ä", 129)),
		"a purpose that is no text": WithPurpose("\xff"),
		"an unknown witness policy": WithWitness("sometimes"),
		"nil":                       nil,
	}
	for name, option := range wrong {
		t.Run(name, func(t *testing.T) {
			target := newTarget(t)
			missing := filepath.Join(filepath.Dir(target), "none", "x.json")
			mustFail(t, ErrInvalidOption, missing, option, WithCreateParent())
			mustBeEmpty(t, filepath.Dir(target))
		})
	}
}

func TestANilContextOrBodyIsRefused(t *testing.T) {
	target := newTarget(t)
	var none context.Context
	if _, err := Acquire(none, target); !errors.Is(err, ErrInvalidOption) {
		t.Errorf("got %v", err)
	}
	if err := With(context.Background(), target, nil); !errors.Is(err, ErrInvalidOption) {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Dir(target))
}

func TestTheBoundsThemselvesAreAllowed(t *testing.T) {
	mustAcquire(t, newTarget(t), WithTimeout(365*24*time.Hour), WithStale(0), WithForeignTimeout(0), WithPurpose(strings.Repeat("ä", 128)))
}

func TestThePurposeOfControlCharactersStillFits(t *testing.T) {
	lock := mustAcquire(t, newTarget(t), WithPurpose(strings.Repeat("\x01", 256)))
	if _, raw := readPayload(t, lock.Path()); len(raw) > 4096 {
		t.Errorf("%d bytes", len(raw))
	}
}

func TestTheEnvironmentDecidesWhatNoOptionDecides(t *testing.T) {
	for _, each := range []struct {
		variable, value string
		fault           string
		option          Option
	}{
		{witnessVariable, "sometimes", `OPENCLAW_LOCKS_WITNESS must be auto, always or never, and is "sometimes"`, WithWitness(WitnessNever)},
		{trustPIDsVariable, "yes\x1b", `OPENCLAW_LOCKS_TRUST_PIDS must be 1 or 0, and is "yes\u001b"`, WithTrustPIDs(false)},
	} {
		t.Run(each.variable, func(t *testing.T) {
			t.Setenv(each.variable, each.value)
			target := newTarget(t)
			missing := filepath.Join(filepath.Dir(target), "none", "x.json")
			failed := mustFail(t, ErrInvalidOption, missing, WithCreateParent())
			if !strings.Contains(failed.Error(), each.fault) {
				t.Errorf("got %v", failed)
			}
			mustBeEmpty(t, filepath.Dir(target))
			mustAcquire(t, target, each.option)
		})
	}
	for value, want := range map[string]bool{"": false, "0": false, "1": true} {
		t.Setenv(trustPIDsVariable, value)
		t.Setenv(witnessVariable, "")
		found, fault := apply(nil)
		if fault != "" || found.policy().TrustPIDs != want || found.witness != WitnessAuto {
			t.Errorf("%q: trusted %v, witness %s, %s", value, found.policy().TrustPIDs, found.witness, fault)
		}
	}
	t.Setenv(witnessVariable, "never")
	if found, _ := apply(nil); found.witness != WitnessNever {
		t.Errorf("witness %s", found.witness)
	}
	if found, _ := apply([]Option{WithWitness(WitnessAlways)}); found.witness != WitnessAlways {
		t.Errorf("witness %s", found.witness)
	}
}
