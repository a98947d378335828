// Code generated from spec/foreign.json; DO NOT EDIT.

package sidecar

// foreignEntry is one way to name a lock that is nobody's (FOREIGN-1). What is empty is no condition.
type foreignEntry struct {
	kind, what, remedy string
	removable          bool

	object, entries, size, directory, kernelLock string

	begins []string
	key    string
	lines  [][]string
	torn   string

	content, pidKey string
	// nil: there is none; empty: the first line.
	pidLine *string
}

// foreignEntries: the first that fits names it. Texts stand for bytes.
var foreignEntries = []foreignEntry{
	{
		kind:      "proper-lockfile",
		what:      "an empty directory, as proper-lockfile, SQLite's unix-dotfile and OpenClaw before 2026.2.17 make it",
		remedy:    "end the program that made it",
		removable: true,
		object:    "directory",
		entries:   "none",
	},
	{
		kind:      "directory",
		what:      "a directory with files in it",
		remedy:    "find out who made it",
		removable: false,
		object:    "directory",
	},
	{
		kind:      "symlink",
		what:      "a symbolic link",
		remedy:    "find out who made it",
		removable: false,
		object:    "symlink",
	},
	{
		kind:      "fifo",
		what:      "a named pipe",
		remedy:    "find out who made it",
		removable: false,
		object:    "fifo",
	},
	{
		kind:      "socket",
		what:      "a socket",
		remedy:    "end the program that listens there",
		removable: false,
		object:    "socket",
	},
	{
		kind:      "device",
		what:      "a device",
		remedy:    "find out who made it",
		removable: false,
		object:    "device",
	},
	{
		kind:      "oversized",
		what:      "a file too large for a lock",
		remedy:    "find out who wrote it",
		removable: false,
		object:    "regular",
		size:      "oversized",
	},
	{
		kind:      "git",
		what:      "a lock of git",
		remedy:    "let the git command end",
		removable: false,
		object:    "regular",
		directory: ".git",
	},
	{
		kind:      "git",
		what:      "a lock of git",
		remedy:    "let the git command end",
		removable: false,
		object:    "regular",
		begins:    []string{"DIRC"},
	},
	{
		kind:       "flock",
		what:       "a file that a program has locked with flock, as filelock, portalocker, gofrs/flock and flock(1) do",
		remedy:     "end that program, or let it use this contract",
		removable:  false,
		object:     "regular",
		kernelLock: "flock",
	},
	{
		kind:       "fcntl",
		what:       "a file that a program has locked with fcntl, as fasteners and lockf do",
		remedy:     "end that program, or let it use this contract",
		removable:  false,
		object:     "regular",
		kernelLock: "fcntl",
	},
	{
		kind:      "empty",
		what:      "an empty file, as lockers of the flock kind leave behind and npm's lockfile holds",
		remedy:    "end the program that made it",
		removable: true,
		object:    "regular",
		size:      "empty",
	},
	{
		kind:      "cross-process-lock",
		what:      "a lock of cross-process-lock",
		remedy:    "end the program that made it",
		removable: true,
		object:    "regular",
		key:       "pID",
		pidKey:    "pID",
	},
	{
		kind:      "filelock-lease",
		what:      "a lease of Python's filelock",
		remedy:    "end the Python program that made it",
		removable: true,
		object:    "regular",
		begins:    []string{"filelock/2\n"},
		pidLine:   ptr("pid="),
	},
	{
		kind:      "filelock-strict",
		what:      "the permanent marker of Python's filelock (StrictSoftFileLock)",
		remedy:    "give that lock another path: its file stays there for ever",
		removable: false,
		object:    "regular",
		begins:    []string{"1\nfilelock-strict-v1\x00"},
	},
	{
		kind:      "filelock-soft",
		what:      "a soft lock of Python's filelock",
		remedy:    "end the Python program that made it",
		removable: true,
		object:    "regular",
		lines:     [][]string{{"number", "text"}, {"number", "text", "number"}},
		pidLine:   ptr(""),
	},
	{
		kind:      "pid-file",
		what:      "a file with a process id alone, as nightlyone/lockfile and daemons write it",
		remedy:    "end the program that made it",
		removable: true,
		object:    "regular",
		lines:     [][]string{{"number"}},
		pidLine:   ptr(""),
	},
	{
		kind:      "openclaw-torn",
		what:      "the beginning of a lock, whose writer was killed while it wrote",
		remedy:    "remove it once no OpenClaw process runs",
		removable: true,
		object:    "regular",
		torn:      "{\n  \"pid\": ",
	},
	{
		kind:      "json-without-owner",
		what:      "JSON that names no owner",
		remedy:    "find out who wrote it",
		removable: false,
		object:    "regular",
		content:   "json",
	},
	{
		kind:      "garbage",
		what:      "a file that is no lock",
		remedy:    "find out who wrote it",
		removable: false,
		object:    "regular",
	},
}

func ptr(text string) *string { return &text }
