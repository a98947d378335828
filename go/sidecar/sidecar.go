package sidecar

import (
	"errors"
	"io/fs"
	"os"

	"github.com/openclaw/lock-helpers/go/internal/filelimit"
	"github.com/openclaw/lock-helpers/go/internal/hook"
)

// publication is a lock, guard or marker of our own, at its path. Its open file pins the inode, and tells others that
// we live (PUBLISH-7).
type publication struct {
	path  string
	token string
	raw   []byte
	file  *os.File
	// witness is the one that it names, or nil.
	witness *witness
}

func (p *publication) witnessName() string {
	if p.witness == nil {
		return ""
	}
	return p.witness.name
}

// steps are told between the steps of a publication.
type steps struct{ candidate, linked func() }

// form is how a publication lies on the disk.
type form struct {
	mode fs.FileMode
	// synced: it must survive the machine.
	synced bool
}

var lockForm = form{mode: lockMode}

// errTaken: somebody else has published there first.
var errTaken = hook.ErrTaken

// publish makes a candidate, whole, and links it to the path: nobody ever sees an empty or torn lock, wherever we are
// killed (PUBLISH-2). It is for one attempt: a candidate kept for a later one would be old when it appears.
func publish(path, dir, token string, raw []byte, as form, at steps) (*publication, error) {
	candidate := candidatePath(dir, token)
	file, err := write(candidate, raw, as)
	if err != nil {
		return nil, err
	}
	at.candidate()
	err = os.Link(candidate, path)
	if err == nil {
		at.linked()
	}
	removeCandidate(candidate)
	own := &publication{path: path, token: token, raw: raw, file: file}
	if err == nil {
		return own.published(), nil
	}
	// A file server may have done it and lost the reply (PUBLISH-3).
	ours, unread := holds(path, raw)
	if ours {
		return own.published(), nil
	}
	if unread != nil && !errors.Is(unread, fs.ErrPermission) {
		// It may be there. (Ours may always be read.)
		leftovers.add(leftover{path: path, own: own})
		return nil, err
	}
	_ = file.Close()
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, errTaken
	case errors.Is(err, fs.ErrNotExist):
		return nil, errTaken // Swept, while we were stopped for long; or the directory is gone, as the next try will find.
	case isAny(err, linkUnavailable):
		return publishInPlace(path, token, raw, as)
	}
	return nil, err
}

// publishInPlace is for file systems without hard links (PUBLISH-4). Who is killed in here leaves an empty lock.
func publishInPlace(path, token string, raw []byte, as form) (*publication, error) {
	file, err := write(path, raw, as)
	if errors.Is(err, fs.ErrExist) {
		return nil, errTaken
	}
	if err != nil {
		return nil, err
	}
	// Had we been stopped before the first byte, our empty file could have been taken for an abandoned one.
	ours, err := holds(path, raw)
	if err == nil && !ours {
		err = errTaken
	}
	if err != nil {
		removeSame(path, file)
		return nil, err
	}
	return (&publication{path: path, token: token, raw: raw, file: file}).published(), nil
}

// write creates a file with all of raw, or leaves nothing behind (PUBLISH-5).
func write(path string, raw []byte, as form) (*os.File, error) {
	if err := filelimit.Check(len(raw)); err != nil {
		return nil, &fs.PathError{Op: "write", Path: path, Err: err}
	}
	file, err := createExclusive(path, as.mode)
	if err != nil {
		return nil, err
	}
	if _, err = file.Write(raw); err == nil {
		err = setMode(file, as.mode)
		if isAny(err, modeUnavailable) {
			err = nil
		}
	}
	if err == nil && as.synced {
		err = file.Sync()
	}
	if err != nil {
		removeSame(path, file)
		return nil, err
	}
	return file, nil
}

// removeSame removes what is still the file that we have open, which no other can be mistaken for, and closes that. If it
// fails, it is tried again at the next acquire.
func removeSame(path string, file *os.File) {
	if item := (leftover{path: path, file: file}); !item.gone() {
		leftovers.add(item)
	}
}

// removeCandidate removes a name that only we ever use. If that fails, it is tried again at the next acquire.
func removeCandidate(path string) {
	if err := unlink(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		leftovers.add(leftover{path: path})
	}
}

func (p *publication) published() *publication {
	if !keepsDescriptor {
		p.forget()
	}
	return p
}

// remove unlinks the path if it still holds our bytes, and says whether it held them (RELEASE-1). After an error it is
// still ours, and this can be tried again.
func (p *publication) remove(compared func()) (bool, error) {
	ours, err := holds(p.path, p.raw)
	if err != nil || !ours {
		return false, err
	}
	compared()
	return true, unlinkIfThere(p.path)
}

// withdraw removes what must not stay; what fails is tried again at the next acquire (PUBLISH-9).
func (p *publication) withdraw(compared func()) {
	if _, err := p.remove(compared); err != nil {
		leftovers.add(leftover{path: p.path, own: p})
		return
	}
	p.forget()
}

// forget closes the descriptor, whatever became of the file, and then has no need of a witness.
func (p *publication) forget() {
	inHand.drop(p)
	if p.file != nil {
		_ = p.file.Close()
		p.file = nil
	}
	witnesses.drop(p.witness)
	p.witness = nil
}

func nothing() {}

var silently = steps{candidate: nothing, linked: nothing}

func isAny(err error, these []error) bool {
	for _, each := range these {
		if errors.Is(err, each) {
			return true
		}
	}
	return false
}
