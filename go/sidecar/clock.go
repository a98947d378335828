package sidecar

import (
	"io/fs"
	"syscall"
	"time"
)

// How long the file system's clock is carried on by our own before it is asked again.
const clockHolds = time.Second

// fileClock is the clock that stamps files in one directory (VERDICT-3): on another machine's disk it is not ours.
type fileClock struct {
	dir   string
	stamp time.Time // Without a monotonic part.
	askAt time.Time
}

func (c *fileClock) now() time.Time {
	if age := time.Since(c.askAt); !c.stamp.IsZero() && age < clockHolds {
		return c.stamp.Add(age)
	}
	c.ask()
	return c.stamp
}

// forget makes the next look ask anew.
func (c *fileClock) forget() { c.stamp = time.Time{} }

// ask stamps a file of ours. Where none may be made the wall clock stands in. Where none can be made for the moment nothing
// is old: the file system's clock may be hours behind ours.
func (c *fileClock) ask() {
	c.askAt = time.Now()
	c.stamp = time.Unix(0, 0)
	path := candidatePath(c.dir, newToken())
	file, err := createExclusive(path, lockMode)
	if err != nil {
		if isAny(err, []error{fs.ErrPermission, fs.ErrNotExist, syscall.EROFS}) {
			c.stamp = c.askAt.Round(0)
		}
		return
	}
	if info, err := file.Stat(); err == nil {
		c.stamp = info.ModTime()
	}
	// Windows removes no file that is open.
	_ = file.Close()
	removeCandidate(path)
}
