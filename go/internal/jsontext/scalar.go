package jsontext

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// scalar goes behind a string, a number or a word.
func (s *scanner) scalar(sign byte) Kind {
	if sign == '"' {
		return s.string()
	}
	rest := s.text[s.at:]
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(rest, []byte(word)) {
			s.at += len(word)
			return ""
		}
		if len(rest) < len(word) && word[:len(rest)] == string(rest) {
			return Torn
		}
	}
	end, whole := number(rest)
	switch {
	case whole:
		s.at += end
		return ""
	case end == len(rest):
		return Torn
	}
	return Garbage
}

// number is how much of the text is a number, or the beginning of one, and whether it is whole.
func number(text []byte) (end int, whole bool) {
	digits := func() bool {
		start := end
		for end < len(text) && '0' <= text[end] && text[end] <= '9' {
			end++
		}
		return end > start
	}
	has := func(signs string) bool {
		if end < len(text) && bytes.IndexByte([]byte(signs), text[end]) >= 0 {
			end++
			return true
		}
		return false
	}
	has("-")
	if !has("0") && !digits() {
		return end, false
	}
	if has(".") && !digits() {
		return end, false
	}
	if has("eE") {
		has("+-")
		if !digits() {
			return end, false
		}
	}
	return end, true
}

// string goes behind the closing quote of the string that begins here.
func (s *scanner) string() Kind {
	for s.at++; ; {
		if s.at == len(s.text) {
			s.inString = true
			return Torn
		}
		switch sign := s.text[s.at]; {
		case sign == '"':
			s.at++
			return ""
		case sign == '\\':
			if problem := s.escape(); problem != "" {
				return problem
			}
		case sign < ' ':
			return Garbage
		default:
			s.at++
		}
	}
}

func (s *scanner) escape() Kind {
	rest := s.text[s.at+1:]
	if len(rest) == 0 {
		return Torn
	}
	if rest[0] != 'u' {
		if bytes.IndexByte([]byte(`"\/bfnrt`), rest[0]) < 0 {
			return Garbage
		}
		s.at += 2
		return ""
	}
	for i := 1; i <= 4; i++ {
		if i == len(rest) {
			return Torn
		}
		if _, ok := hexDigit(rest[i]); !ok {
			return Garbage
		}
	}
	s.at += 6
	return ""
}

func hexDigit(sign byte) (rune, bool) {
	switch {
	case '0' <= sign && sign <= '9':
		return rune(sign - '0'), true
	case 'a' <= sign|0x20 && sign|0x20 <= 'f':
		return rune(sign|0x20-'a') + 10, true
	}
	return 0, false
}

var shortEscapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape is what a string without its quotes says. A lone surrogate, which UTF-8 has no place for, becomes the three
// bytes that it would have there: so two keys are equal exactly if their UTF-16 code units are.
func unescape(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted)
	}
	var said []byte
	for at := 0; at < len(quoted); {
		if quoted[at] != '\\' {
			said = append(said, quoted[at])
			at++
			continue
		}
		if sign := quoted[at+1]; sign != 'u' {
			if short, known := shortEscapes[sign]; known {
				sign = short
			}
			said = append(said, sign)
			at += 2
			continue
		}
		char := codeUnit(quoted[at+2:])
		at += 6
		if len(quoted)-at >= 6 && quoted[at] == '\\' && quoted[at+1] == 'u' {
			if pair := utf16.DecodeRune(char, codeUnit(quoted[at+2:])); pair != utf8.RuneError {
				char = pair
				at += 6
			}
		}
		if utf16.IsSurrogate(char) {
			said = append(said, 0xe0|byte(char>>12), 0x80|byte(char>>6)&0x3f, 0x80|byte(char)&0x3f)
		} else {
			said = utf8.AppendRune(said, char)
		}
	}
	return string(said)
}

func codeUnit(digits []byte) (char rune) {
	for _, sign := range digits[:4] {
		digit, _ := hexDigit(sign)
		char = char<<4 | digit
	}
	return char
}
