package sidecar

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

const (
	sweepAge        = specSweepMs * time.Millisecond
	sweepEvery      = time.Minute
	mostDirectories = 1000
)

var directories = struct {
	sync.Mutex
	sweptAt map[string]time.Time
}{sweptAt: map[string]time.Time{}}

// sweep removes what killed writers have left in the directory, at the first acquire there and at most once a minute
// (PUBLISH-8). It is a service to others, so it tells nobody when it fails.
func sweep(clock *fileClock) {
	if !sweepIsDue(clock.dir) {
		return
	}
	names, _ := readNames(clock.dir)
	markers := map[string][]string{} // The names of markers, by guard.
	var sockets []string
	for _, name := range names {
		// Candidates and unfinished witnesses always: a name is never used twice, and a writer that still lives begins anew.
		if candidateName.MatchString(name) {
			sweepOne(filepath.Join(clock.dir, name), 0, clock)
		} else if unfinishedName.MatchString(name) {
			sweepOne(filepath.Join(clock.dir, name), fs.ModeSocket, clock)
		} else if witnessName.MatchString(name) {
			sockets = append(sockets, name)
		} else if parts := markerName.FindStringSubmatch(name); parts != nil {
			markers[parts[1]] = append(markers[parts[1]], name)
		}
	}
	for guard, names := range markers {
		sweepMarkers(guard, names, clock)
	}
	// Last: the markers that are gone now name none any more.
	sweepWitnesses(sockets, clock)
}

// sweepMarkers removes the markers of breakers that were killed when they had broken the guard, or another marker. Bytes
// that are gone never come back, so such a marker protects nothing.
func sweepMarkers(guard string, names []string, clock *fileClock) {
	needed := map[string]bool{}
	for _, name := range append([]string{guard}, names...) {
		found, err := read(filepath.Join(clock.dir, name))
		if err != nil {
			return // Which marker it needs cannot be known.
		}
		if found != nil && found.Object == evidence.Regular && !found.Oversized {
			needed[markerDigits(found.Bytes)] = true
		}
	}
	for _, name := range names {
		if !needed[markerName.FindStringSubmatch(name)[2]] {
			sweepOne(filepath.Join(clock.dir, name), 0, clock)
		}
	}
}

func sweepOne(path string, of fs.FileMode, clock *fileClock) {
	if isOld(path, of, clock) {
		_ = unlink(path)
	}
}

// isOld says whether there is something of this type (zero: a regular file) that is old enough to be swept.
func isOld(path string, of fs.FileMode, clock *fileClock) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().Type() == of && clock.now().Sub(info.ModTime()) > sweepAge
}

func sweepIsDue(dir string) bool {
	directories.Lock()
	defer directories.Unlock()
	if last, known := directories.sweptAt[dir]; known && time.Since(last) < sweepEvery {
		return false
	}
	if len(directories.sweptAt) >= mostDirectories {
		clear(directories.sweptAt)
	}
	directories.sweptAt[dir] = time.Now()
	return true
}
