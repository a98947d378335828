package sidecar

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

const (
	hasWitnesses = true

	// Who finds it full knows as much as who gets in.
	witnessBacklog = 16
	// Other users may ask as well.
	witnessMode = 0o666
)

// listen makes a witness. A process that was stopped meanwhile may find its unfinished one swept, and begins again.
func listen(dir string) (*witness, error) {
	for tries := 0; ; tries++ {
		made, err := listenOnce(dir)
		if tries == 2 || !errors.Is(err, fs.ErrNotExist) {
			return made, err
		}
	}
}

// listenOnce keeps to the order of WITNESS-2: under its final name the socket always listens, while we live.
func listenOnce(dir string) (_ *witness, err error) {
	digits := randomHex(8)
	made := &witness{dir: dir, name: ".openclaw-lock-" + digits + ".sock"}
	temporary := filepath.Join(dir, ".openclaw-lock-"+digits+".tmp")
	if made.fd, err = newSocket(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = syscall.Close(made.fd)
		}
	}()
	if err := withAddress(temporary, func(at syscall.Sockaddr) error { return syscall.Bind(made.fd, at) }); err != nil {
		return nil, &fs.PathError{Op: "bind", Path: temporary, Err: err}
	}
	defer func() {
		if err != nil {
			removeCandidate(temporary)
		}
	}()
	if made.id, err = openToAll(temporary); err != nil {
		return nil, err
	}
	if err := syscall.Listen(made.fd, witnessBacklog); err != nil {
		return nil, &fs.PathError{Op: "listen", Path: temporary, Err: err}
	}
	point("witness:listening")
	if err := os.Rename(temporary, made.path()); err != nil {
		return nil, err
	}
	point("witness:named")
	return made, nil
}

// openToAll lets every user connect, whatever the umask. By the inode, not by its name: who may write to the directory
// could have made the name a link to another file meanwhile.
func openToAll(path string) (evidence.FileID, error) {
	file, err := os.OpenFile(path, openPath|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return evidence.FileID{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return evidence.FileID{}, err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return evidence.FileID{}, &fs.PathError{Op: "bind", Path: path, Err: syscall.ENOTSOCK}
	}
	if info.Mode().Perm() != witnessMode {
		err = needingProc(os.Chmod(procPath(file), witnessMode))
	}
	return fileID(info), err
}

func (w *witness) path() string { return filepath.Join(w.dir, w.name) }

// isThere: its name still leads to it. Where a cleaner has removed it, nothing that names it would tell of our life.
func (w *witness) isThere() bool {
	info, err := os.Lstat(w.path())
	return err == nil && info.Mode().Type() == fs.ModeSocket && fileID(info) == w.id
}

// close is for one that nothing names. Where its name cannot be removed, whoever finds it refusing sweeps it.
func (w *witness) close() {
	if w.isThere() {
		_ = unlink(w.path())
	}
	_ = syscall.Close(w.fd)
}

// drain closes what has connected since (WITNESS-6).
func (w *witness) drain() {
	if w == nil {
		return
	}
	for range witnessBacklog + 1 {
		connection, _, err := syscall.Accept4(w.fd, syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK)
		if err != nil {
			return
		}
		_ = syscall.Close(connection)
	}
}
