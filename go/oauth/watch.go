package oauth

import (
	"slices"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/filestate"
)

// watch says when a look at a store is due: at first, when a file has changed since the last look, and every second.
type watch struct {
	paths []string
	at    time.Time
	seen  []filestate.State
}

func newWatch(paths []string) *watch { return &watch{paths: paths} }

func (w *watch) due() bool {
	now := make([]filestate.State, len(w.paths))
	for i, path := range w.paths {
		now[i] = filestate.At(path)
	}
	if !w.at.IsZero() && time.Since(w.at) < time.Second && slices.Equal(now, w.seen) {
		return false
	}
	w.at, w.seen = time.Now(), now
	return true
}
