package jsontext

import "bytes"

const space = " \t\r\n"

// scanner goes through a text once. It keeps the objects that a path of keys can reach, and nothing of what is in arrays:
// sixteen million brackets must not become sixteen million nodes.
type scanner struct {
	text []byte
	at   int

	root    value
	deepest int
	twice   bool
	// inString: the text ends in a string, at a place where any character may follow.
	inString bool

	brackets []byte
	levels   []level // Of the first MaxDepth brackets.
}

type level struct {
	object *object // Nil where no path of keys leads.
	keys   map[string]struct{}
}

// expectation is what may come next.
type expectation int

const (
	aValue expectation = iota
	valueOrClose
	aKey
	keyOrClose
	aColon
	commaOrClose
	theEnd
)

// run answers Torn, Garbage or nothing.
func (s *scanner) run() Kind {
	gap := 0
	s.skipSpace()
	for next := aValue; next != theEnd; {
		if s.at == len(s.text) {
			return Torn
		}
		var problem Kind
		switch sign := s.text[s.at]; {
		case isClosing(sign) && (next == valueOrClose || next == keyOrClose || next == commaOrClose):
			next, problem = s.close(sign)
		case next == aValue || next == valueOrClose:
			next, problem = s.value(sign)
		case next == aKey || next == keyOrClose:
			next, problem = s.key(gap)
		case next == aColon && sign == ':':
			s.at++
			next = aValue
		case next == commaOrClose && sign == ',':
			s.at++
			next = aValue
			if s.innermost() == '{' {
				next = aKey
			}
		default:
			problem = Garbage
		}
		if problem != "" {
			return problem
		}
		gap = s.at
		s.skipSpace()
	}
	if s.at < len(s.text) {
		return Garbage
	}
	return ""
}

func isClosing(sign byte) bool { return sign == '}' || sign == ']' }

func (s *scanner) innermost() byte { return s.brackets[len(s.brackets)-1] }

func (s *scanner) skipSpace() {
	for s.at < len(s.text) && bytes.IndexByte([]byte(space), s.text[s.at]) >= 0 {
		s.at++
	}
}

// within is the level that we are in, or nil where it is too deep to matter.
func (s *scanner) within() *level {
	if len(s.brackets) == 0 || len(s.brackets) > MaxDepth {
		return nil
	}
	return &s.levels[len(s.brackets)-1]
}

// place is where a value that begins now belongs; nil where it is of no interest.
func (s *scanner) place() *value {
	if len(s.brackets) == 0 {
		return &s.root
	}
	if in := s.within(); in != nil && in.object != nil {
		return &in.object.members[len(in.object.members)-1].value
	}
	return nil
}

func (s *scanner) value(sign byte) (expectation, Kind) {
	place := s.place()
	if place != nil {
		place.start = s.at
	}
	if sign == '{' || sign == '[' {
		s.open(sign, place)
		if sign == '{' {
			return keyOrClose, ""
		}
		return valueOrClose, ""
	}
	if problem := s.scalar(sign); problem != "" {
		return 0, problem
	}
	if place != nil {
		place.end = s.at
	}
	return s.behindValue(), ""
}

func (s *scanner) behindValue() expectation {
	if len(s.brackets) == 0 {
		return theEnd
	}
	return commaOrClose
}

func (s *scanner) open(sign byte, place *value) {
	s.brackets = append(s.brackets, sign)
	s.deepest = max(s.deepest, len(s.brackets))
	if len(s.brackets) <= MaxDepth {
		opened := level{}
		if sign == '{' && place != nil {
			opened.object = &object{start: s.at}
			place.object = opened.object
		}
		s.levels = append(s.levels, opened)
	}
	s.at++
}

func (s *scanner) close(sign byte) (expectation, Kind) {
	if (s.innermost() == '{') != (sign == '}') {
		return 0, Garbage
	}
	s.at++
	if in := s.within(); in != nil {
		if in.object != nil {
			in.object.end = s.at
		}
		s.levels = s.levels[:len(s.levels)-1]
	}
	s.brackets = s.brackets[:len(s.brackets)-1]
	if place := s.place(); place != nil {
		place.end = s.at
	}
	return s.behindValue(), ""
}

func (s *scanner) key(gap int) (expectation, Kind) {
	if s.text[s.at] != '"' {
		return 0, Garbage
	}
	start := s.at
	if problem := s.string(); problem != "" {
		return 0, problem
	}
	in := s.within()
	if in == nil {
		return aColon, ""
	}
	name := unescape(s.text[start+1 : s.at-1])
	if _, known := in.keys[name]; known {
		s.twice = true
	}
	if in.keys == nil {
		in.keys = map[string]struct{}{}
	}
	in.keys[name] = struct{}{}
	if in.object != nil {
		in.object.members = append(in.object.members, member{gap: gap, keyStart: start, keyEnd: s.at, key: name})
	}
	return aColon, ""
}
