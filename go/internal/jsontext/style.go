package jsontext

import (
	"bytes"
	"strings"
)

// style is how text is written at one place.
type style struct {
	// line is the line break and the indentation of a member on a line of its own.
	line    string
	hasLine bool
	// colon is what stands between key and value.
	colon string
	// unit is one step of indentation.
	unit string
}

// single is the space behind a comma on the same line.
func (s style) single() string {
	if strings.HasSuffix(s.colon, " ") || strings.HasSuffix(s.colon, "\t") {
		return " "
	}
	return ""
}

// within is the style one level further in.
func (s style) within() style {
	if s.hasLine {
		s.line += s.unit
	}
	return s
}

// styleOf is the style of a member, and of what its value holds.
func (d *Document) styleOf(m *member) style {
	found := style{unit: d.unit()}
	found.line, found.hasLine = lineOf(d.text[m.gap:m.keyStart])
	if colon := d.text[m.keyEnd:m.value.start]; bytes.ContainsAny(colon, "\r\n") {
		found.colon = ": "
	} else {
		found.colon = string(colon)
	}
	return found
}

// outermost is the style of an empty store.
func (d *Document) outermost() style {
	return style{line: firstBreak(d.text), hasLine: true, colon: ": ", unit: "  "}
}

func (d *Document) unit() string {
	if len(d.root.members) > 0 {
		first := d.root.members[0]
		if line, is := lineOf(d.text[first.gap:first.keyStart]); is {
			return strings.TrimLeft(line, "\r\n")
		}
	}
	return "  "
}

// lineOf is the last line break of a gap, and what follows it.
func lineOf(gap []byte) (string, bool) {
	at := bytes.LastIndexAny(gap, "\r\n")
	if at < 0 {
		return "", false
	}
	if gap[at] == '\n' && at > 0 && gap[at-1] == '\r' {
		at--
	}
	return string(gap[at:]), true
}

func firstBreak(text []byte) string {
	at := bytes.IndexAny(text, "\r\n")
	switch {
	case at < 0 || text[at] == '\n':
		return "\n"
	case at+1 < len(text) && text[at+1] == '\n':
		return "\r\n"
	}
	return "\r"
}
