package sidecar

import (
	"regexp"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// locker is one that leaves something else at <file>.lock, and what to do about it.
type locker struct {
	kind   string
	leaves *regexp.Regexp
	remedy string
}

const endPythonFilelock = "end the Python program that locks with filelock"

// By content; the first match wins.
var lockers = []locker{
	{"cross-process-lock", regexp.MustCompile(`^\s*\{[^{}]*"pID"\s*:\s*[0-9]`), "end the program that locks with cross-process-lock"},
	{"py-filelock-marker", regexp.MustCompile(`^(filelock/2\n|1\nfilelock-strict-v1\x00)`), endPythonFilelock},
	{"py-filelock-soft", regexp.MustCompile(`^[0-9]+\n[^\n]+\n([0-9]+\n)?$`), endPythonFilelock},
	{"pid-file", regexp.MustCompile(`^\s*[0-9]+\s*$`), "end the program that keeps its process id there"},
	{"git", regexp.MustCompile(`^(DIRC|pid [0-9]+\n$)`), "let the git command end"},
}

var objects = map[evidence.Object]string{
	evidence.Directory: "end the program that locks with proper-lockfile (or an OpenClaw before 2026.2.17)",
	evidence.Symlink:   "find out who made the link",
	evidence.FIFO:      "find out who made the pipe",
	evidence.Socket:    "end the program that listens there",
	evidence.Device:    "find out who made the device",
}

const whoWroteIt = "find out who wrote it"

// nameForeign says what a foreign lock is, and what to do about its owner.
func nameForeign(f *finding) (kind, remedy string) {
	switch {
	case f.Object != evidence.Regular:
		return string(f.Object), objects[f.Object]
	case f.Oversized:
		return "oversized", whoWroteIt
	case f.answer.Reason == "empty-kernel-locked":
		return "empty-kernel-locked", "end the program that locks it with flock or fcntl"
	case f.evidence.Content == evidence.Empty:
		return "empty", "end the program that made it, such as flock or filelock"
	}
	for _, each := range lockers {
		if each.leaves.Match(f.Bytes) {
			return each.kind, each.remedy
		}
	}
	if f.evidence.Content == evidence.JSON {
		return "json-without-owner", whoWroteIt
	}
	return "garbage", whoWroteIt
}
