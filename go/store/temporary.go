package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/filelimit"
	"github.com/openclaw/lock-helpers/go/internal/limits"
)

var temporaryName = regexp.MustCompile(`^\.openclaw-store-[0-9a-f]{32}\.tmp$`)

// temporary is the file beside a store that will take its place.
type temporary struct {
	path   string
	file   *os.File
	closed bool
}

// makeTemporary makes one that only we can read, with the owner of the old file and then its mode (STORE-7).
func makeTemporary(store string, old fs.FileInfo) (*temporary, error) {
	unremoved.try()
	digits := make([]byte, 16)
	_, _ = rand.Read(digits) // Never fails: since Go 1.24 the process would crash instead.
	path := filepath.Join(filepath.Dir(store), ".openclaw-store-"+hex.EncodeToString(digits)+".tmp")
	file, err := createExclusive(path)
	if err != nil {
		return nil, err
	}
	made := &temporary{path: path, file: file}
	info, err := file.Stat()
	if err == nil {
		sweep(filepath.Dir(path), info.ModTime())
	}
	switch {
	case err != nil:
	case old != nil:
		err = likeOld(file, info, old)
	default:
		err = file.Chmod(0o600) // Whatever the umask.
	}
	if err != nil {
		made.discard()
		return nil, err
	}
	return made, nil
}

// write puts content in the place of whatever it holds, and syncs it.
func (t *temporary) write(content []byte) error {
	if err := filelimit.Check(len(content)); err != nil {
		return &fs.PathError{Op: "write", Path: t.path, Err: err}
	}
	if _, err := t.file.WriteAt(content, 0); err != nil {
		return err
	}
	if err := t.file.Truncate(int64(len(content))); err != nil {
		return err
	}
	return t.file.Sync()
}

// isThere: its name still leads to it.
func (t *temporary) isThere() bool {
	opened, err := t.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(t.path)
	return err == nil && os.SameFile(opened, there)
}

func (t *temporary) close() {
	t.closed = true
	_ = t.file.Close()
}

// discard is also called when it has become the store: then its name leads nowhere.
func (t *temporary) discard() {
	if t == nil {
		return
	}
	t.close()
	unremoved.try(t.path)
}

// unremoved are names of ours that could not be removed. They are tried again when the next one is made.
var unremoved leftoverNames

type leftoverNames struct {
	mu    sync.Mutex
	names []string
}

func (l *leftoverNames) try(more ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = slices.DeleteFunc(append(l.names, more...), func(name string) bool {
		err := os.Remove(name)
		return err == nil || isGone(err)
	})
}

var sweeps = struct {
	sync.Mutex
	at map[string]time.Time
}{at: map[string]time.Time{}}

const mostDirectories = 1000

// sweep removes what killed writers have left (STORE-10); now is the file system's clock.
func sweep(dir string, now time.Time) {
	sweeps.Lock()
	last, known := sweeps.at[dir]
	due := !known || time.Since(last) >= limits.SweepAtMostEvery
	if due {
		if len(sweeps.at) >= mostDirectories {
			clear(sweeps.at)
		}
		sweeps.at[dir] = time.Now()
	}
	sweeps.Unlock()
	if !due {
		return
	}
	opened, err := os.Open(dir)
	if err != nil {
		return
	}
	defer opened.Close()
	names, _ := opened.Readdirnames(-1)
	for _, name := range names {
		if !temporaryName.MatchString(name) {
			continue
		}
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > limits.StoreSweep {
			_ = os.Remove(path)
		}
	}
}

// syncDirectory makes a new name last. That a file system cannot is no failure: the store is replaced.
func syncDirectory(dir string) {
	opened, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = opened.Sync()
	_ = opened.Close()
}

func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
