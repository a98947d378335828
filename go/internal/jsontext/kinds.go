// Package jsontext reads the JSON of a store strictly, and changes values in it without touching any other byte
// (STORE-2, STORE-6). encoding/json is neither strict enough (it takes the last of equal keys, and any text for UTF-8) nor
// does it keep what it read.
package jsontext

import (
	"bytes"
	"unicode/utf8"

	"github.com/openclaw/lock-helpers/go/internal/limits"
)

// Kind says why a text is no store.
type Kind string

// The kinds, in the order in which they are looked for: the first one that applies counts.
const (
	Huge         Kind = "huge"
	Empty        Kind = "empty"
	BOM          Kind = "bom"
	NUL          Kind = "nul"
	Encoding     Kind = "encoding"
	Torn         Kind = "torn"
	Garbage      Kind = "garbage"
	Deep         Kind = "deep"
	DuplicateKey Kind = "duplicate-key"
	NotAnObject  Kind = "not-an-object"
)

const (
	// MaxBytes is the most that is ever read of a store.
	MaxBytes = limits.MaxStoreBytes
	// MaxDepth is how deep a store may be nested; the outermost value is the first level.
	MaxDepth = limits.MaxStoreDepth
)

// Error is that kind. It holds nothing of the text (STORE-9).
func (k Kind) Error() string { return "not a store: " + string(k) }

// Parse reads a store, or answers a [Kind].
func Parse(text []byte) (*Document, error) {
	switch {
	case len(text) > MaxBytes:
		return nil, Huge
	case len(bytes.Trim(text, space)) == 0:
		return nil, Empty
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")), bytes.HasPrefix(text, []byte("\xfe\xff")), bytes.HasPrefix(text, []byte("\xff\xfe")):
		return nil, BOM
	case bytes.IndexByte(text, 0) >= 0:
		return nil, NUL
	}
	cut := cutOff(text)
	if !utf8.Valid(text[:len(text)-cut]) {
		return nil, Encoding
	}
	found := scanner{text: text[:len(text)-cut]}
	problem := found.run()
	switch {
	case cut > 0 && problem == Torn && found.inString:
		// The rest of the character is what was cut off.
		return nil, Torn
	case cut > 0:
		return nil, Encoding
	case problem != "":
		return nil, problem
	case found.deepest > MaxDepth:
		return nil, Deep
	case found.twice:
		return nil, DuplicateKey
	case found.root.object == nil:
		return nil, NotAnObject
	}
	return &Document{text: text, root: found.root.object}, nil
}

// cutOff is how many bytes at the end begin a character that is not whole.
func cutOff(text []byte) int {
	for size := min(utf8.UTFMax-1, len(text)); size > 0; size-- {
		if !utf8.FullRune(text[len(text)-size:]) {
			return size
		}
	}
	return 0
}
