package sidecar

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// paths are the names that belong to the lock of one target (spec/paths.md).
type paths struct {
	target string
	dir    string
	lock   string
	guard  string
}

// targetFault says what is wrong with a target, or nothing (PATH-3).
func targetFault(target string) string {
	if target == "" {
		return "the target is empty"
	}
	if strings.ContainsRune(target, 0) {
		return "the target contains NUL"
	}
	switch lastComponent(target) {
	case "", ".", "..":
		return `the target must end in a file name, not in "/", "." or ".."`
	}
	return ""
}

func lastComponent(target string) string {
	for i := len(target) - 1; i >= 0; i-- {
		if os.IsPathSeparator(target[i]) {
			return target[i+1:]
		}
	}
	return target[len(filepath.VolumeName(target)):]
}

// resolvePaths takes the steps of OpenClaw (PATH-1): absolute, "." and ".." taken out by name, then the parent resolved. A
// relative target is of the working directory of now (PATH-2), by its physical name: $PWD, which os.Getwd believes, may
// lead here through a link, and ".." would go somewhere else.
func resolvePaths(target string, createParent bool) (paths, error) {
	absolute, err := makeAbsolute(target)
	if err != nil {
		return paths{}, err
	}
	parent := filepath.Dir(absolute)
	if createParent {
		if err := os.MkdirAll(parent, 0o700); err != nil {
			return paths{}, err
		}
	}
	dir, err := filepath.EvalSymlinks(parent)
	if err != nil {
		return paths{}, err
	}
	resolved := filepath.Join(dir, filepath.Base(absolute))
	return paths{target: resolved, dir: dir, lock: resolved + ".lock", guard: resolved + ".lock.reclaim"}, nil
}

func makeAbsolute(path string) (string, error) {
	if filepath.IsAbs(path) {
		return filepath.Clean(path), nil
	}
	here, err := syscall.Getwd()
	if err != nil {
		return "", os.NewSyscallError("getwd", err)
	}
	return filepath.Join(here, path), nil
}

// marker is where a breaker of the guard, or of another marker, with these bytes leaves its own (RECLAIM-7).
func (p paths) marker(broken []byte) string {
	return p.guard + "." + markerDigits(broken)
}

func markerDigits(broken []byte) string {
	sum := sha256.Sum256(broken)
	return hex.EncodeToString(sum[:8])
}

func candidatePath(dir, token string) string {
	return filepath.Join(dir, ".openclaw-lock-"+token+".tmp")
}

var (
	candidateName = regexp.MustCompile(`^\.openclaw-lock-[0-9a-f]{32}\.tmp$`)
	markerName    = regexp.MustCompile(`^((?:.+\.lock|\.openclaw-refresh-[0-9a-f]{32}\.json)\.reclaim)\.([0-9a-f]{16})$`)
	witnessName   = regexp.MustCompile(`^\.openclaw-lock-[0-9a-f]{16}\.sock$`)
	// A witness that is being made.
	unfinishedName = regexp.MustCompile(`^\.openclaw-lock-[0-9a-f]{16}\.tmp$`)
)

// newToken is 128 random bits, new for every publication.
func newToken() string { return randomHex(16) }

func randomHex(size int) string {
	bits := make([]byte, size)
	_, _ = rand.Read(bits) // Never fails: since Go 1.24 the process would crash instead.
	return hex.EncodeToString(bits)
}
