package sidecar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

const (
	hasWitnesses = true

	// O_PATH, which package syscall does not name: the directory need not be readable.
	openPath = 0x200000
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

func newSocket() (int, error) {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	return fd, os.NewSyscallError("socket", err)
}

// withAddress calls back with the address of a path. One that is too long goes through its open directory, and is never
// cut (WITNESS-3).
func withAddress(path string, call func(syscall.Sockaddr) error) error {
	if len(path) <= specMaxSocketPathBytes {
		return call(&syscall.SockaddrUnix{Name: path})
	}
	dir, err := os.OpenFile(filepath.Dir(path), openPath|syscall.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer dir.Close()
	return needingProc(call(&syscall.SockaddrUnix{Name: procPath(dir) + "/" + filepath.Base(path)}))
}

func procPath(file *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", file.Fd()) }

// needingProc: what does not exist is /proc.
func needingProc(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no /proc", errors.ErrUnsupported)
	}
	return err
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

// close is for one that nothing names.
func (w *witness) close() {
	if w.isThere() {
		removeCandidate(w.path())
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

func (machine) Connect(path string) (int64, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	// connect refuses what is no socket just as it does one whose process is dead.
	if info.Mode().Type() != fs.ModeSocket {
		return 0, syscall.ENOTSOCK
	}
	fd, err := newSocket()
	if err != nil {
		return 0, err
	}
	defer syscall.Close(fd)
	if err := withAddress(path, func(to syscall.Sockaddr) error { return syscall.Connect(fd, to) }); err != nil {
		return 0, err
	}
	peer, err := syscall.GetsockoptUcred(fd, syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	if err != nil {
		return 0, nil // It answers all the same.
	}
	return int64(peer.Pid), nil
}
