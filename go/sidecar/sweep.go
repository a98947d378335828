package sidecar

import (
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
	for _, name := range names {
		if candidateName.MatchString(name) {
			// Always safe: a name is never used twice, and a writer that still lives begins anew.
			sweepOne(filepath.Join(clock.dir, name), clock)
		} else if parts := markerName.FindStringSubmatch(name); parts != nil {
			markers[parts[1]] = append(markers[parts[1]], name)
		}
	}
	for guard, names := range markers {
		sweepMarkers(guard, names, clock)
	}
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
			sweepOne(filepath.Join(clock.dir, name), clock)
		}
	}
}

func sweepOne(path string, clock *fileClock) {
	info, err := os.Lstat(path)
	if err == nil && info.Mode().IsRegular() && clock.now().Sub(info.ModTime()) > sweepAge {
		_ = unlink(path)
	}
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
