package sidecar

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/text"
)

// An intent is no lock, but is published and judged as one is (REFRESH-4).
type intentPayload struct {
	lockPayload
	Generation string `json:"generation"`
	State      string `json:"state"`
	Reason     string `json:"reason,omitempty"`
}

// Only its user may know which logins are refreshed.
var intentForm = form{mode: 0o600, synced: true}

const (
	intentSent     = "sent"
	intentRejected = "rejected"
	intentUnknown  = "unknown"
)

// intentFile is the place of an intent; lock and guard of its paths are the intent and its guard.
type intentFile struct {
	*acquisition
	generation string
}

func openIntent(dir, generation string, options any) (hook.IntentFile, error) {
	path := filepath.Join(dir, ".openclaw-refresh-"+generation[:32]+".json")
	c := call{target: path, lockPath: path, started: time.Now()}
	settings, fault := apply(options.([]Option))
	if fault != "" {
		return nil, c.invalidError(fault)
	}
	resolved, err := resolvePaths(path, false)
	if err != nil {
		return nil, c.systemError(err, dir)
	}
	resolved.lock, resolved.guard = resolved.target, resolved.target+".reclaim"
	a, err := newAcquisition(c, settings, resolved)
	if err != nil {
		return nil, err
	}
	return &intentFile{acquisition: a, generation: generation}, nil
}

func (f *intentFile) Path() string { return f.paths.lock }

func (f *intentFile) Look() hook.IntentState {
	found, err := f.subject(f.paths.lock).look()
	if err != nil {
		what := "cannot be read: " + text.Path(err.Error())
		if errors.Is(err, os.ErrPermission) {
			what += permissions(f.paths.lock)
		}
		return hook.IntentState{There: true, Fault: what}
	}
	return f.stateOf(found)
}

func (f *intentFile) stateOf(found *finding) hook.IntentState {
	if found == nil {
		return hook.IntentState{}
	}
	holder := found.holder(f.sys)
	state := hook.IntentState{There: true, Age: holder.Age, Holder: holder, Dead: found.provenDead(), Found: found}
	var said struct{ Generation, State, Reason string }
	switch {
	case found.Object != evidence.Regular:
		state.Fault = "is no file (" + string(found.Object) + ")"
	case found.evidence.Content != evidence.JSON || found.evidence.PID == nil:
		state.Fault = "is no intent (" + string(found.evidence.Content) + ")"
	case json.Unmarshal(found.Bytes, &said) != nil || said.Generation != f.generation:
		state.Fault = "is not an intent of this login"
	case said.State != intentSent && said.State != intentRejected && said.State != intentUnknown:
		state.Fault = "is in an unknown state"
	default:
		state.Readable, state.State, state.Reason = true, said.State, said.Reason
	}
	return state
}

// mayBeReplaced: nothing will be sent for it any more (REFRESH-5).
func mayBeReplaced(s hook.IntentState) bool {
	return s.Readable && (s.Dead || s.State == intentUnknown)
}

func (f *intentFile) Publish() (hook.Intent, error) {
	mine := &intent{file: f}
	own, err := f.publishOwn(f.paths.lock, intentForm, silently, mine.say)
	return mine.published(own, err)
}

// Replace is done under a guard: without one, who has lost the locks would replace the intent of somebody who is sending.
func (f *intentFile) Replace(seen hook.IntentState) (hook.Intent, error) {
	guard, err := f.publishAid(f.paths.guard)
	if errors.Is(err, errTaken) {
		return nil, f.breakDeadGuard()
	}
	if err != nil {
		return nil, err
	}
	defer guard.withdraw(nothing)
	judged, _ := seen.Found.(*finding)
	again, err := f.subject(f.paths.lock).lookAnew()
	if err != nil {
		return nil, err
	}
	if again == nil || judged == nil || !again.same(judged.snapshot) || !mayBeReplaced(f.stateOf(again)) {
		return nil, errTaken
	}
	mine := &intent{file: f, replaced: true}
	own, err := f.withPayload(mine.say, func(token string, raw []byte) (*publication, error) {
		file, err := f.rename(raw)
		if err != nil {
			return nil, err
		}
		return (&publication{path: f.paths.lock, token: token, raw: raw, file: file}).published(), nil
	})
	return mine.published(own, err)
}

// breakDeadGuard answers errTaken, or why it could not be broken.
func (f *intentFile) breakDeadGuard() error {
	guard, err := f.subject(f.paths.guard).look()
	if err == nil && guard != nil && guard.provenDead() {
		_, err = f.breakDead(guard)
	}
	if err != nil && !errors.Is(err, os.ErrPermission) {
		return err
	}
	return errTaken
}

// rename puts these bytes at the path, whatever is there.
func (f *intentFile) rename(raw []byte) (*os.File, error) {
	candidate := candidatePath(f.paths.dir, newToken())
	file, err := write(candidate, raw, intentForm)
	if err != nil {
		return nil, err
	}
	if !keepsDescriptor {
		_ = file.Close() // Windows renames no file that is open.
	}
	if err := os.Rename(candidate, f.paths.lock); err != nil {
		removeCandidate(candidate)
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// intent is one of our own.
type intent struct {
	file     *intentFile
	own      *publication
	payload  intentPayload
	replaced bool
}

func (i *intent) say(payload lockPayload) any {
	i.payload = intentPayload{lockPayload: payload, Generation: i.file.generation, State: intentSent}
	return i.payload
}

// published: a crash of the machine must not take the name away when the request has been made.
func (i *intent) published(own *publication, err error) (hook.Intent, error) {
	if err != nil {
		return nil, err
	}
	i.own = own
	if err := syncDirectory(i.file.paths.dir); err != nil {
		i.TakeBack()
		return nil, err
	}
	return i, nil
}

func (i *intent) Settle(state, reason string) {
	if ours, err := holds(i.own.path, i.own.raw); err != nil || !ours {
		return
	}
	i.payload.State, i.payload.Reason = state, reason
	raw, err := serialise(i.payload)
	if err != nil {
		return
	}
	file, err := i.file.rename(raw)
	if err != nil {
		return
	}
	_ = syncDirectory(i.file.paths.dir)
	_ = file.Close()
	// The witness stays open, with the process: the intent still names it.
	if i.own.file != nil {
		_ = i.own.file.Close()
		i.own.file = nil
	}
	i.own.raw = raw
}

func (i *intent) Remove() { i.own.withdraw(nothing) }

func (i *intent) TakeBack() {
	if i.replaced {
		i.Settle(intentUnknown, "")
		return
	}
	i.Remove()
}

// syncDirectory passes over a file system that cannot.
func syncDirectory(dir string) error {
	opened, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer opened.Close()
	err = opened.Sync()
	if isAny(err, []error{syscall.EINVAL, errors.ErrUnsupported}) || !keepsDescriptor {
		return nil
	}
	return err
}
