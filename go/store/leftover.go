package store

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/openclaw/lock-helpers/go/internal/filestate"
)

// leftovers are the temporary names that lead to the store: of a writer that was killed between giving a new store its
// name and taking away the temporary one (STORE-8), or is just between the two.
func leftovers(path string, store fs.FileInfo) (paths []string) {
	dir := filepath.Dir(path)
	opened, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer opened.Close()
	names, _ := opened.Readdirnames(-1)
	for _, name := range names {
		if !temporaryName.MatchString(name) {
			continue
		}
		other := filepath.Join(dir, name)
		if info, err := os.Lstat(other); err == nil && os.SameFile(info, store) {
			paths = append(paths, other)
		}
	}
	return paths
}

// replaceable is [supported], under the store's lock, without the names that a killed writer has left. It answers the file
// as it was found, and as it is without them: to lose a name is a change of its status. Both are nil where there is nothing.
func replaceable(path string) (found, now fs.FileInfo, err error) {
	found, err = supported(path)
	if err != nil || found == nil || hardLinks(found) == 1 {
		return found, found, err
	}
	// One that lives misses nothing.
	for _, each := range leftovers(path, found) {
		_ = os.Remove(each)
	}
	now, err = os.Lstat(path)
	switch {
	case isGone(err):
		return found, nil, nil
	case err != nil:
		return nil, nil, systemError(path, err)
	case hardLinks(now) > 1:
		return nil, nil, unsupported(path, "hard-link")
	}
	return found, now, nil
}

// after is the snapshot for a store that has lost such names, and has not changed otherwise.
func (s *Snapshot) after(found, now fs.FileInfo) *Snapshot {
	if found == nil || now == nil || filestate.Of(found) != s.state {
		return s
	}
	same := *s
	same.state.ChangedNs = filestate.Of(now).ChangedNs
	return &same
}
