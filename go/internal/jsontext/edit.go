package jsontext

import (
	"bytes"
	"errors"
	"slices"
	"unicode/utf8"
)

// Edit sets, or removes, the value at a path of keys.
type Edit struct {
	At     []string
	Value  any
	Remove bool
}

// The edits that no store could take.
var (
	ErrNoKeys  = errors.New("an edit needs at least one key")
	ErrNotUTF8 = errors.New("a key or text is not UTF-8")
)

// NewFile is what edits of a file that is not there begin with.
const NewFile = "{}\n"

// Apply makes the edits one after the other, or none of them. A nil text is a [NewFile]. Every byte outside of what is set
// or removed stays as it is.
func Apply(text []byte, edits []Edit) ([]byte, error) {
	if text == nil {
		text = []byte(NewFile)
	}
	for _, edit := range edits {
		if len(edit.At) == 0 {
			return nil, ErrNoKeys
		}
		if slices.ContainsFunc(edit.At, func(key string) bool { return !utf8.ValidString(key) }) {
			return nil, ErrNotUTF8
		}
	}
	document, err := Parse(text)
	if err != nil {
		return nil, err
	}
	for _, edit := range edits {
		changed, err := document.apply(edit)
		if err != nil {
			return nil, err
		}
		if document, err = Parse(changed); err != nil {
			return nil, err
		}
	}
	return document.text, nil
}

func (d *Document) apply(edit Edit) ([]byte, error) {
	var parent *member
	in := d.root
	for depth, key := range edit.At {
		if in == nil && edit.Remove {
			return d.text, nil
		}
		if in == nil {
			return nil, NotAnObject
		}
		at := in.find(key)
		if at < 0 && edit.Remove {
			return d.text, nil
		}
		if at < 0 {
			return d.insert(parent, in, edit.At[depth:], edit.Value)
		}
		found := &in.members[at]
		if depth < len(edit.At)-1 {
			parent, in = found, found.value.object
			continue
		}
		if edit.Remove {
			return d.remove(in, at), nil
		}
		written, err := write(edit.Value, nil, d.styleOf(found))
		if err != nil {
			return nil, err
		}
		return d.splice(found.value.start, found.value.end, written), nil
	}
	return nil, ErrNoKeys
}

// insert adds a last member to an object, which is the value of parent, with all keys on the way to the value.
func (d *Document) insert(parent *member, in *object, keys []string, value any) ([]byte, error) {
	if len(in.members) == 0 {
		style := d.outermost()
		if parent != nil {
			style = d.styleOf(parent)
		}
		written, err := write(value, keys, style)
		if err != nil {
			return nil, err
		}
		return d.splice(in.start, in.end, written), nil
	}
	last := &in.members[len(in.members)-1]
	style := d.styleOf(last)
	written, err := write(value, keys[1:], style)
	if err != nil {
		return nil, err
	}
	gap := style.single()
	switch {
	case style.hasLine:
		gap = style.line
	case len(in.members) > 1:
		gap = string(d.text[last.gap:last.keyStart])
	}
	added := append([]byte(","+gap), Quote(keys[0])...)
	added = append(append(added, style.colon...), written...)
	return d.splice(last.value.end, last.value.end, added), nil
}

func (d *Document) remove(in *object, at int) []byte {
	switch gone := &in.members[at]; {
	case len(in.members) == 1:
		return d.splice(in.start, in.end, []byte("{}"))
	case at+1 < len(in.members):
		return d.splice(gone.keyStart, in.members[at+1].keyStart, nil)
	default:
		return d.splice(in.members[at-1].value.end, gone.value.end, nil)
	}
}

func (d *Document) splice(from, to int, by []byte) []byte {
	return bytes.Join([][]byte{d.text[:from], by, d.text[to:]}, nil)
}
