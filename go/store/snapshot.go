package store

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/filestate"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/jsontext"
	"github.com/openclaw/lock-helpers/go/internal/limits"
)

// Snapshot is a store as it was at one moment. Printed, it shows nothing of its content.
type Snapshot struct {
	path  string
	state filestate.State
	// document is held by a function, so that nothing prints it; nil where there was no file.
	document func() *jsontext.Document
}

// Path is the store's path, absolute.
func (s *Snapshot) Path() string { return s.path }

// Exists says whether there was a file.
func (s *Snapshot) Exists() bool { return s.document != nil }

// Bytes is a copy of the file's content; nil where there was none.
func (s *Snapshot) Bytes() []byte { return slices.Clone(s.text()) }

// Size is the number of its bytes.
func (s *Snapshot) Size() int { return len(s.text()) }

func (s *Snapshot) text() []byte {
	if s.document == nil {
		return nil
	}
	return s.document().Bytes()
}

// Raw is the JSON text of the value at a path of keys, as it stands in the file; false where there is none. Without keys
// it is the whole object.
func (s *Snapshot) Raw(keys ...string) (json.RawMessage, bool) {
	if s.document == nil {
		return nil, false
	}
	found, is := s.document().Find(keys...)
	return slices.Clone(found), is
}

// Get decodes the value at a path of keys, as [json.Unmarshal] does; false where there is none.
func (s *Snapshot) Get(into any, keys ...string) (bool, error) {
	found, is := s.Raw(keys...)
	if !is {
		return false, nil
	}
	return true, json.Unmarshal(found, into)
}

// Read takes a snapshot, without a lock. A final symbolic link is followed. A file that is empty, or ends too early, is
// looked at again for 200 ms: an old OpenClaw writes in place.
func Read(path string) (*Snapshot, error) {
	path, err := absolute(path)
	if err != nil {
		return nil, err
	}
	found, err := read(path)
	if err == nil && !found.Exists() {
		return nil, missing(path)
	}
	return found, err
}

// absolute is the path wherever the working directory will be by then.
func absolute(path string) (string, error) {
	if err := hook.CheckTarget(path); err != nil {
		return "", err
	}
	found, err := filepath.Abs(path)
	if err != nil {
		return "", systemError(path, err)
	}
	return found, nil
}

// read answers a snapshot of nothing where there is no file.
func read(path string) (*Snapshot, error) {
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		state, content, err := readFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return &Snapshot{path: path}, nil
		}
		if err != nil {
			return nil, systemError(path, err)
		}
		document, err := jsontext.Parse(content)
		if err == nil {
			return &Snapshot{path: path, state: state, document: func() *jsontext.Document { return document }}, nil
		}
		if err != jsontext.Empty && err != jsontext.Torn || time.Since(began) >= limits.Torn {
			return nil, invalid(path, err)
		}
	}
}

// readFile reads one file whole (STORE-1, STORE-4).
func readFile(path string) (filestate.State, []byte, error) {
	for began := time.Now(); ; {
		before, after, content, err := readOnce(path)
		if err != nil || before == after {
			return after, content, err
		}
		if time.Since(began) > limits.Torn {
			return filestate.State{}, nil, changed(path)
		}
	}
}

func readOnce(path string) (before, after filestate.State, content []byte, err error) {
	file, err := openForReading(path)
	if errors.Is(err, syscall.ENXIO) {
		return before, after, nil, unsupported(path, "socket")
	}
	if err != nil {
		return before, after, nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return before, after, nil, err
	}
	if kind := kindOf(info); kind != "" {
		return before, after, nil, unsupported(path, kind)
	}
	before = filestate.Of(info)
	if before.Size > limits.MaxStoreBytes {
		return before, before, nil, invalid(path, jsontext.Huge)
	}
	if content, err = io.ReadAll(io.LimitReader(file, limits.MaxStoreBytes+1)); err != nil {
		return before, after, nil, err
	}
	if info, err = file.Stat(); err != nil {
		return before, after, nil, err
	}
	return before, filestate.Of(info), content, nil
}
