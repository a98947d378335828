package jsontext

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// write is a value as text, in objects of one key each for the keys on the way to it.
func write(value any, keys []string, in style) ([]byte, error) {
	if !isUTF8(value) {
		return nil, ErrNotUTF8
	}
	var compact bytes.Buffer
	encoder := json.NewEncoder(&compact)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	raw := bytes.TrimSpace(compact.Bytes())
	for i := len(keys) - 1; i >= 0; i-- {
		raw = fmt.Appendf(nil, "{%s:%s}", Quote(keys[i]), raw)
	}
	w := writer{scanner: scanner{text: raw}}
	w.write(in)
	return w.out, nil
}

// isUTF8 looks where encoding/json would replace what is not.
func isUTF8(value any) bool {
	switch v := value.(type) {
	case string:
		return utf8.ValidString(v)
	case []any:
		for _, each := range v {
			if !isUTF8(each) {
				return false
			}
		}
	case map[string]any:
		for key, each := range v {
			if !utf8.ValidString(key) || !isUTF8(each) {
				return false
			}
		}
	}
	return true
}

// writer gives valid, compact JSON the style of its place.
type writer struct {
	scanner
	out []byte
}

func (w *writer) write(in style) {
	switch sign := w.text[w.at]; sign {
	case '{', '[':
		w.brackets(sign, in)
	case '"':
		w.out = append(w.out, w.quoted()...)
	default:
		from := w.at
		_ = w.scalar(sign)
		scalar := w.text[from:w.at]
		if string(scalar) == "-0" {
			scalar = scalar[1:]
		}
		w.out = append(w.out, scalar...)
	}
}

func (w *writer) brackets(opening byte, in style) {
	closing := opening + 2 // As in ASCII.
	w.out = append(w.out, opening)
	inner := in.within()
	for w.at++; w.text[w.at] != closing; {
		if w.text[w.at] == ',' {
			w.at++
			w.out = append(w.out, ',')
			if !in.hasLine {
				w.out = append(w.out, in.single()...)
			}
		}
		w.out = append(w.out, inner.line...)
		if opening == '{' {
			w.out = append(append(w.out, w.quoted()...), in.colon...)
			w.at++ // The colon.
		}
		w.write(inner)
	}
	w.at++
	if w.out[len(w.out)-1] != opening {
		w.out = append(w.out, in.line...)
	}
	w.out = append(w.out, closing)
}

func (w *writer) quoted() []byte {
	from := w.at
	_ = w.string()
	return Quote(unescape(w.text[from+1 : w.at-1]))
}

// Quote writes text as ECMAScript's JSON.stringify does.
func Quote(text string) []byte {
	out := []byte{'"'}
	for at := 0; at < len(text); {
		char, size := utf8.DecodeRuneInString(text[at:])
		if char == utf8.RuneError && size == 1 && len(text)-at >= 3 {
			// Only a lone surrogate, as unescape has it.
			char = rune(text[at]&0xf)<<12 | rune(text[at+1]&0x3f)<<6 | rune(text[at+2]&0x3f)
			size = 3
		}
		switch {
		case char == '"' || char == '\\':
			out = append(out, '\\', byte(char))
		case char == '\b' || char == '\f' || char == '\n' || char == '\r' || char == '\t':
			out = append(out, '\\', map[rune]byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}[char])
		case char < ' ' || utf16.IsSurrogate(char):
			out = fmt.Appendf(out, `\u%04x`, char)
		default:
			out = append(out, text[at:at+size]...)
		}
		at += size
	}
	return append(out, '"')
}
