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
