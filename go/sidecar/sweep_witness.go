package sidecar

import (
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// Locks and intents, and their guards and markers.
var publishedName = regexp.MustCompile(`(\.lock|^\.openclaw-refresh-[0-9a-f]{32}\.json)(\.reclaim(\.[0-9a-f]{16})?)?$`)

// sweepWitnesses removes the witnesses of dead processes, unless something still names them: then they are evidence
// (WITNESS-9).
func sweepWitnesses(names []string, clock *fileClock) {
	var dead []string
	for _, name := range names {
		path := filepath.Join(clock.dir, name)
		if !isOld(path, fs.ModeSocket, clock) {
			continue
		}
		if _, err := (machine{}).Connect(path); errors.Is(err, syscall.ECONNREFUSED) {
			dead = append(dead, path)
		}
	}
	if len(dead) == 0 {
		return
	}
	// Looked for only now: an owner could have published a lock, and died, since the names were listed. A dead one
	// publishes nothing.
	named, err := namedWitnesses(clock.dir)
	if err != nil {
		return
	}
	for _, path := range dead {
		if !named[filepath.Base(path)] {
			_ = unlink(path)
		}
	}
}

// namedWitnesses are those that anything published in the directory names. What cannot be read could name any.
func namedWitnesses(dir string) (map[string]bool, error) {
	names, err := readNames(dir)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, name := range names {
		if !publishedName.MatchString(name) {
			continue
		}
		found, err := read(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if found != nil && found.Object == evidence.Regular && !found.Oversized {
			named[classify(found.Bytes).Strings["witness"]] = true
		}
	}
	return named, nil
}
