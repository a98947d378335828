package sidecar

import "time"

// How long a lock is watched before its silence counts, and a refusing witness, a boot that is over, or a pid that
// nobody has may then be believed (VERDICT-12).
const silenceWatch = specSilenceWatchMs * time.Millisecond

// silence is how quiet a lock has been at each look of the last two seconds for which it was watched. A machine that
// sleeps, before the watch or in it, adds nothing: a holder that slept with it has beaten by the time the look after the
// sleep is two seconds old.
type silence struct{ looks []quietLook }

type quietLook struct{ watched, quiet time.Duration }

// noted keeps this look, and answers how quiet the lock was when the last two seconds of the watch began: zero before
// there were two.
func (s *silence) noted(watched, quiet time.Duration) time.Duration {
	s.looks = append(s.looks, quietLook{watched, quiet})
	for len(s.looks) > 1 && s.looks[1].watched <= watched-silenceWatch {
		s.looks = s.looks[1:]
	}
	if first := s.looks[0]; first.watched <= watched-silenceWatch {
		return first.quiet
	}
	return 0
}
