package sidecar

import (
	"bytes"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// subject is a path that may be in the way, as one call sees it over time.
type subject struct {
	path   string
	dirDev string
	sys    evidence.System
	clock  *fileClock
	policy policy

	last      *snapshot
	steady    bool
	seenAt    time.Time
	unchanged time.Duration
	silence   *silence
	memory    *memory
}

// finding is one look at a subject, judged.
type finding struct {
	*snapshot
	path     string
	evidence evidence.Evidence
	answer   evidence.Answer
	quiet    func() time.Duration
	silent   func() time.Duration
	policy   policy
	memory   *memory
	// steady: the very object of the look before.
	steady bool
	// listing is of a directory, once.
	listing func() listing
}

func (f *finding) verdict() Verdict { return Verdict(f.answer.Verdict) }

// provenDead: only then may a guard or a marker be broken, never by age: a reclaimer that was stopped would lose
// (RECLAIM-6).
func (f *finding) provenDead() bool { return f.verdict() == Stale && f.answer.Conclusive }

// look judges what stands at the path now; nil when nothing does.
func (s *subject) look() (*finding, error) {
	found, err := s.read()
	if err != nil || found == nil {
		return nil, err
	}
	return s.judge(found), nil
}

// lookAnew remembers nothing that anybody could have changed meanwhile.
func (s *subject) lookAnew() (*finding, error) {
	s.clock.forget()
	found, err := s.read()
	if err != nil || found == nil {
		return nil, err
	}
	s.memory = s.memory.onlyRefusal()
	return s.judge(found), nil
}

func (s *subject) read() (*snapshot, error) {
	found, err := read(s.path)
	if err != nil || found == nil {
		s.last = nil
		return nil, err
	}
	found.Dir, found.DirDev = filepath.Dir(s.path), s.dirDev
	s.note(found)
	return found, nil
}

// note keeps the time for which we have seen the same (VERDICT-3). At most one pause counts a look: a machine that slept
// between two looks has seen nothing of the time between.
func (s *subject) note(found *snapshot) {
	now := time.Now()
	s.steady = s.last != nil && s.last.isSameObject(found)
	switch {
	case s.last != nil && s.last.same(found):
		s.unchanged += min(now.Sub(s.seenAt), pollMax)
	case s.last != nil && s.last.Bytes != nil && bytes.Equal(s.last.Bytes, found.Bytes):
		s.unchanged, s.silence, s.memory = 0, &silence{}, s.memory.onlyRefusal()
	default:
		s.unchanged, s.silence, s.memory = 0, &silence{}, &memory{}
	}
	s.last, s.seenAt = found, now
}

func (s *subject) judge(found *snapshot) *finding {
	unchanged := s.unchanged
	quiet := func() time.Duration {
		if age := s.clock.now().Sub(found.modified()); age >= 0 {
			return age
		}
		return unchanged
	}
	watch := s.silence
	silent := func() time.Duration { return watch.noted(unchanged, quiet()) }
	seen := observe(s.sys, sight{
		file:     found.File,
		quietMs:  func() float64 { return milliseconds(quiet()) },
		silentMs: func() float64 { return milliseconds(silent()) },
		policy:   s.policy,
		memory:   s.memory,
	})
	return &finding{
		snapshot: found,
		path:     s.path,
		evidence: seen,
		answer:   judge(seen, s.policy),
		quiet:    quiet,
		silent:   silent,
		policy:   s.policy,
		memory:   s.memory,
		steady:   s.steady,
		listing:  sync.OnceValue(func() listing { return list(s.path) }),
	}
}

// holder is who has it, as observed. A command is looked up only where the pid means the same process to us.
func (f *finding) holder(sys evidence.System) *Holder {
	holder := &Holder{Verdict: f.verdict(), Reason: f.answer.Reason}
	since := f.modified()
	if f.evidence.Content == evidence.JSON {
		if content := classify(f.Bytes); content.CreatedAt == evidence.CreatedPast {
			since = time.UnixMilli(content.CreatedAtMs)
		}
	}
	holder.Age = max(0, sys.Now().Sub(since))
	if f.evidence.PID == nil {
		if f.verdict() == Foreign {
			_, pid := f.named(nil)
			holder.made(sys, pid, f.policy)
		}
		return holder
	}
	holder.PID = int(*f.evidence.PID)
	if f.verdict() != Stale && !f.isElsewhere() && isLive(f.evidence) {
		holder.Command = commandOf(sys, *f.evidence.PID)
	}
	return holder
}

// isElsewhere: the pid means another process, or none, to us.
func (f *finding) isElsewhere() bool {
	return f.evidence.Domain == evidence.DomainDifferent || f.answer.Reason == foundElsewhere
}

// place is where its pid is to be looked for, as a part of a sentence; empty if it is here.
func (f *finding) place() string {
	switch {
	case !f.isElsewhere():
		return ""
	case f.evidence.Boot == evidence.BootDiffers:
		return " of another boot or machine"
	}
	return " of another PID namespace"
}

func commandOf(sys evidence.System, pid int64) string {
	if !procUsable(sys) {
		return ""
	}
	name, err := sys.ReadFile("/proc/" + strconv.FormatInt(pid, 10) + "/comm")
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(name), "\n")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
