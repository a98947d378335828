package openclaw

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/openclaw/lock-helpers/go/internal/hook"
)

// makeLockDir makes what is missing of the directory for refresh locks and intents. It belongs to whom the state directory
// belongs to: made by root for root alone, it would lock the gateway out for good.
func (p *place) makeLockDir() error {
	owner, err := os.Stat(p.state)
	if err != nil {
		return hook.StoreError(p.state, err)
	}
	for _, dir := range []string{filepath.Join(p.state, "locks"), refreshLockDir(p.state)} {
		err := os.Mkdir(dir, 0o700)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = giveTo(dir, owner)
		}
		if err != nil {
			return hook.StoreError(dir, err)
		}
	}
	return nil
}
