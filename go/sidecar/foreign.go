package sidecar

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// stranger is what a foreign lock is to be named by (FOREIGN-1).
type stranger struct {
	evidence.Stranger
	content evidence.Content
	members map[string]json.RawMessage
}

// named is the first entry that fits, and the maker's process id (FOREIGN-2), nil where it says none.
func named(seen evidence.Stranger) (*foreignEntry, *int64) {
	s := stranger{Stranger: seen}
	if s.Object == evidence.Regular && !s.Oversized {
		s.content = classify(s.Bytes).Content
		if s.content == evidence.JSON {
			_ = json.Unmarshal(s.Bytes, &s.members)
		}
	}
	for i := range foreignEntries {
		if entry := &foreignEntries[i]; s.fits(entry) {
			return entry, s.pid(entry)
		}
	}
	panic("unreachable: the last entry fits every file")
}

func (s *stranger) fits(e *foreignEntry) bool {
	switch {
	case string(s.Object) != e.object:
		return false
	case s.Object != evidence.Regular:
		return e.entries == "" || s.Listed && s.Entries == 0
	case s.Oversized || e.size == "oversized":
		return s.Oversized && e.size == "oversized"
	}
	return (e.size == "" || s.content == evidence.Empty) &&
		(e.directory == "" || s.isBelow(e.directory)) &&
		(e.kernelLock == "" || s.isLocked(e.kernelLock)) &&
		(e.begins == nil || slices.ContainsFunc(e.begins, func(with string) bool {
			return bytes.HasPrefix(s.Bytes, []byte(with))
		})) &&
		(e.key == "" || s.members[e.key] != nil) &&
		(e.lines == nil || s.isShaped(e.lines)) &&
		(e.torn == "" || s.isTorn(e.torn)) &&
		(e.content == "" || string(s.content) == e.content)
}

func (s *stranger) isBelow(ending string) bool {
	return slices.ContainsFunc(strings.Split(filepath.ToSlash(s.Dir), "/"), func(name string) bool {
		return strings.HasSuffix(name, ending)
	})
}

func (s *stranger) isLocked(kind string) bool {
	return slices.ContainsFunc(s.KernelLocks, func(found string) bool {
		return found == kind || kind == fcntlLock && found == ofdLock
	})
}

func (s *stranger) isTorn(whole string) bool {
	begun := bytes.HasPrefix(s.Bytes, []byte(whole)) || strings.HasPrefix(whole, string(s.Bytes))
	return s.content == evidence.Garbage && begun
}

func (s *stranger) isShaped(shapes [][]string) bool {
	body, ended := bytes.CutSuffix(s.Bytes, []byte("\n"))
	if ended {
		body = bytes.TrimSuffix(body, []byte("\r"))
	}
	lines := bytes.Split(body, []byte("\n"))
	return slices.ContainsFunc(shapes, func(shape []string) bool {
		return slices.EqualFunc(lines, shape, func(line []byte, kind string) bool {
			if kind == "number" {
				digits := trimmed(line)
				return isDigits(digits) && len(digits) <= 64
			}
			return len(line) > 0
		})
	})
}

func (s *stranger) pid(e *foreignEntry) *int64 {
	if e.pidKey != "" {
		return wholeNumber(s.members[e.pidKey], 1, specMaxPid)
	}
	if e.pidLine == nil {
		return nil
	}
	for _, line := range bytes.Split(s.Bytes, []byte("\n")) {
		if after, found := bytes.CutPrefix(line, []byte(*e.pidLine)); found {
			return pidIn(trimmed(after))
		}
	}
	return nil
}

func pidIn(digits []byte) *int64 {
	if !isDigits(digits) {
		return nil
	}
	pid, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || pid < 1 || pid > specMaxPid {
		return nil
	}
	return &pid
}

func trimmed(line []byte) []byte { return bytes.Trim(line, " \t\r") }

func isDigits(text []byte) bool {
	return len(text) > 0 && !bytes.ContainsFunc(text, func(char rune) bool { return char < '0' || char > '9' })
}
