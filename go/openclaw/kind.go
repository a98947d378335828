package openclaw

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/openclaw/lock-helpers/go/internal/filestate"
	"github.com/openclaw/lock-helpers/go/internal/hook"
)

const (
	agentDatabase = "openclaw-agent.sqlite"
	jsonStore     = "auth-profiles.json"
)

// Kind is how a directory keeps logins.
type Kind string

// The kinds of stores. SQLite is that of OpenClaw 2026.6.5 and later.
const (
	SQLite  Kind = "sqlite"
	JSON    Kind = "json"
	NoStore Kind = "none"
)

// RecogniseStore says how an agent's directory keeps logins, and in which file (STATE-4).
func RecogniseStore(stateDir, agentDir string) (kind Kind, path string) {
	if path := filepath.Join(agentDir, agentDatabase); exists(path) {
		return SQLite, path
	}
	if shared := filepath.Join(stateDir, "state", "openclaw.sqlite"); mayShareLogins(shared) {
		return SQLite, shared
	}
	if path := filepath.Join(agentDir, jsonStore); exists(path) {
		return JSON, path
	}
	return NoStore, ""
}

// The key whose value says that logins are in the shared database.
var sharedKey = []byte("auth.sharedStore")

// mayShareLogins says whether a database may have that key. Without a reader of SQLite its value cannot be known; but a row
// has its key in one piece, so that a database, and its log, without these bytes have no such row.
func mayShareLogins(database string) bool {
	parts := [2]filestate.State{filestate.At(database), filestate.At(database + "-wal")}
	if !parts[0].There {
		return false
	}
	shared.Lock()
	defer shared.Unlock()
	if known, is := shared.of[database]; is && known.parts == parts {
		return known.may
	}
	may := contains(database, sharedKey) || parts[1].There && contains(database+"-wal", sharedKey)
	if len(shared.of) > 100 {
		clear(shared.of)
	}
	shared.of[database] = sharing{parts, may}
	return may
}

type sharing struct {
	parts [2]filestate.State
	may   bool
}

var shared = struct {
	sync.Mutex
	of map[string]sharing
}{of: map[string]sharing{}}

// contains is true also of what cannot be read.
func contains(path string, wanted []byte) bool {
	file, err := os.Open(path)
	if err != nil {
		return true
	}
	defer file.Close()
	buffer := make([]byte, 1<<20)
	kept := 0
	for {
		count, err := file.Read(buffer[kept:])
		if bytes.Contains(buffer[:kept+count], wanted) {
			return true
		}
		switch {
		case err == io.EOF:
			return false
		case err != nil:
			return true
		}
		end := kept + count
		kept = copy(buffer, buffer[max(0, end-len(wanted)+1):end])
	}
}

// refusesSQLite is the error for a store that Go cannot read.
func refusesSQLite(path string) error {
	return hook.Unsupported(path, string(SQLite), "is a SQLite database, which this package cannot read",
		"let OpenClaw refresh the login (openclaw models auth login if it is lost), or sign in a second time for this program and keep that login in a Cache")
}
