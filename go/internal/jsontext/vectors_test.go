package jsontext

import (
	"bytes"
	"errors"
	"io/fs"
	"testing"

	"github.com/openclaw/lock-helpers/go/internal/vector"
)

func TestStoreVectorsComeOutAsExpected(t *testing.T) {
	cases, err := vector.Load[vector.Store]("../../../spec/vectors/store.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no vectors of the store beside this module")
	}
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, each := range cases {
		if each.MountInfo != nil {
			continue
		}
		t.Run(each.Name, func(t *testing.T) {
			content, err := each.Raw()
			if err != nil {
				t.Fatal(err)
			}
			if each.Edits == nil {
				mustBeOfKind(t, content, each.Expect.Kind)
				return
			}
			if each.LoneSurrogate {
				t.Skip("text in Go has no lone surrogates")
			}
			if !each.IsGiven() {
				content = nil
			}
			mustBecome(t, content, each)
		})
	}
}

func mustBeOfKind(t *testing.T, content []byte, want *string) {
	t.Helper()
	_, err := Parse(content)
	if want == nil {
		if err != nil {
			t.Errorf("got %v, want a store", err)
		}
		return
	}
	if err != Kind(*want) {
		t.Errorf("got %v, want %s", err, *want)
	}
}

func mustBecome(t *testing.T, content []byte, each vector.Store) {
	t.Helper()
	edits, err := ParseEdits(each.Edits)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Apply(content, edits)
	switch want := each.Expect; want.Code {
	case "":
		bytesWanted, _ := want.Raw()
		if err != nil || !bytes.Equal(got, bytesWanted) {
			t.Errorf("got %.200q, %v\nwant %.200q", got, err, bytesWanted)
		}
	case "store_invalid":
		if want.Kind == nil || err != Kind(*want.Kind) {
			t.Errorf("got %v, want %v", err, *want.Kind)
		}
	default:
		if err != ErrNoKeys {
			t.Errorf("got %v, want %s", err, want.Code)
		}
	}
}
