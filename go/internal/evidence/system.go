package evidence

import "time"

// System is the narrow interface through which observation sees the machine. A real one asks the kernel, a fake one
// a test vector. Errors are those of the system calls: errors.Is with syscall.ESRCH, fs.ErrNotExist and so on works.
type System interface {
	// Platform is Node's name of it: linux, darwin, win32, freebsd.
	Platform() string
	// Self is who we are.
	Self() Identity
	// Now is the wall clock, for what was recorded by one.
	Now() time.Time
	// ReadFile reads a file of /proc.
	ReadFile(path string) ([]byte, error)
	// ReadLink reads a link of /proc.
	ReadLink(path string) (string, error)
	// Processes lists the numeric names in /proc.
	Processes() ([]int64, error)
	// Descriptors lists the open files of a process; our own are those of /proc/self. What could be read is returned
	// also along with an error.
	Descriptors(pid int64) ([]FileID, error)
	// Signal sends signal 0.
	Signal(pid int64) error
	// StartTime asks the platform for a process's start, in OpenClaw's unit, where there is no /proc.
	StartTime(pid int64) (int64, error)
	// Connect connects to the Unix socket at a path, without waiting, and closes at once. It answers the pid of whoever
	// made that socket, as SO_PEERCRED tells: 0 if that process is not visible here.
	Connect(path string) (peer int64, err error)
}

// FileID names an inode.
type FileID struct{ Dev, Ino uint64 }

// Identity is a process as a payload tells it. What is empty or nil could not be read, or the platform has it not.
type Identity struct {
	PID           int64
	Starttime     *int64
	BootID        string
	PIDNamespace  string
	TimeNamespace string
	Host          string
}

// File is what stands at a lock's path.
type File struct {
	Object Object
	ID     FileID
	// Dir is the directory that it is in, and DirDev the device of that, in decimal; empty where there is none.
	Dir, DirDev string
	// Bytes are those of a regular file, unless it is oversized.
	Bytes     []byte
	Oversized bool
}

// Classified is the content of a file, as far as it counts (PAYLOAD-6 to PAYLOAD-10).
type Classified struct {
	Content   Content
	PID       *int64
	Starttime *int64
	// HeartbeatMs is how often the holder has promised to touch the lock.
	HeartbeatMs *int64
	// CreatedAt is CreatedAbsent, CreatedUnparsable, or CreatedPast standing for any moment: CreatedAtMs.
	CreatedAt   Created
	CreatedAtMs int64
	// Strings are those of the domain keys, dev and witness that count.
	Strings map[string]string
}
