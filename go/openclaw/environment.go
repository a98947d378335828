package openclaw

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/openclaw/lock-helpers/go/internal/ecma"
	"github.com/openclaw/lock-helpers/go/internal/hook"
)

// environment is what decides where OpenClaw's state is.
type environment struct {
	getenv func(string) string
	// home is the system's own; empty where there is none.
	home string
	// dir is the working directory.
	dir    string
	exists func(path string) bool
}

func system() environment {
	home, _ := os.UserHomeDir()
	dir, _ := os.Getwd()
	return environment{getenv: os.Getenv, home: home, dir: dir, exists: exists}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (e environment) variable(name string) string { return ecma.Trim(e.getenv(name)) }

// absolute takes "." and ".." out by name.
func (e environment) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(e.dir, path)
}

// homeValue is empty for what says nothing.
func homeValue(value string) string {
	switch value = ecma.Trim(value); value {
	case "undefined", "null":
		return ""
	}
	return value
}

// underTilde is the path with a "~" in front of it replaced; false where that is part of a name.
func underTilde(path, home string) (string, bool) {
	if path == "~" || strings.HasPrefix(path, "~/") || strings.HasPrefix(path, `~\`) {
		return home + path[1:], true
	}
	return path, false
}

func (e environment) effectiveHome() string {
	systems := ""
	for _, each := range []string{e.getenv("HOME"), e.getenv("USERPROFILE"), e.home} {
		if systems = homeValue(each); systems != "" {
			break
		}
	}
	wanted := homeValue(e.getenv("OPENCLAW_HOME"))
	if wanted == "" {
		return e.absolute(systems)
	}
	expanded, is := underTilde(wanted, systems)
	if is && systems == "" {
		return e.dir
	}
	return e.absolute(expanded)
}

func (e environment) userPath(path string) string {
	expanded, _ := underTilde(path, e.effectiveHome())
	return e.absolute(expanded)
}

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// stateDir is STATE-1.
func (e environment) stateDir(profile string) (string, error) {
	home := e.effectiveHome()
	if profile = ecma.Trim(profile); profile != "" {
		if !validName.MatchString(profile) {
			return "", hook.InvalidOption(profile, "a profile's name has letters, digits, _ and -, at most 64")
		}
		if strings.EqualFold(profile, "default") {
			return filepath.Join(home, ".openclaw"), nil
		}
		return filepath.Join(home, ".openclaw-"+profile), nil
	}
	if given := e.variable("OPENCLAW_STATE_DIR"); given != "" {
		return e.userPath(given), nil
	}
	current, old := filepath.Join(home, ".openclaw"), filepath.Join(home, ".clawdbot")
	if !e.exists(current) && e.exists(old) {
		return old, nil
	}
	return current, nil
}

var otherThanID = regexp.MustCompile(`[^a-z0-9_-]+`)

// agentDir is STATE-2.
func agentDir(stateDir, id string) string {
	id = ecma.Trim(id)
	if !validName.MatchString(id) {
		id = strings.Trim(otherThanID.ReplaceAllString(ecma.Lower(id), "-"), "-")
		if id = id[:min(len(id), 64)]; id == "" {
			id = mainAgent
		}
	}
	return filepath.Join(stateDir, "agents", strings.ToLower(id), "agent")
}

const mainAgent = "main"

// mainAgentDir: the releases whose store is JSON do not read the variable.
func (e environment) mainAgentDir(stateDir string) string {
	if given := e.variable("OPENCLAW_AGENT_DIR"); given != "" {
		if dir := e.userPath(given); e.exists(filepath.Join(dir, agentDatabase)) {
			return dir
		}
	}
	return agentDir(stateDir, mainAgent)
}

// ResolveStateDir is where the OpenClaw of this user keeps its state. A profile may be named, as after openclaw --profile;
// empty for the usual one.
func ResolveStateDir(profile string) (string, error) { return system().stateDir(profile) }

// ResolveAgentDir is the directory of an agent; of the main one if the id is empty.
func ResolveAgentDir(stateDir, id string) string { return agentDir(stateDir, id) }

// answer is all that is known of where things are, as the driver's verb state-paths tells it.
func (e environment) answer(profile, agentID string, provider *string, profileID string) (map[string]any, error) {
	dir, err := e.stateDir(profile)
	if err != nil {
		return nil, err
	}
	found := map[string]any{"stateDir": dir, "agentDir": agentDir(dir, agentID), "mainAgentDir": e.mainAgentDir(dir)}
	if provider != nil {
		locks, err := RefreshLockTargets(dir, *provider, profileID)
		if err != nil {
			return nil, err
		}
		found["refreshLocks"] = []any{locks[0], locks[1]}
	}
	return found, nil
}

func init() {
	hook.StatePaths = func(
		env map[string]string, home, dir string, there []string, profile, agentID string, provider *string, profileID string,
	) (map[string]any, error) {
		e := environment{
			getenv: func(name string) string { return env[name] }, home: home, dir: dir,
			exists: func(path string) bool { return slices.Contains(there, path) },
		}
		return e.answer(profile, agentID, provider, profileID)
	}
}
