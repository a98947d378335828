package sidecar

import "errors"

// takeOver reclaims a lock that was judged stale (RECLAIM-2), or abandoned (FOREIGN-5). Nothing is awaited in here: OpenClaw waits on the guard and
// never clears it (RECLAIM-3). errTaken says that somebody else was faster, or that there is reason to begin again.
func (a *acquisition) takeOver(judged *finding) (*publication, error) {
	point("reclaim:judged")
	guard, err := a.publishAid(a.paths.guard)
	if err != nil {
		return nil, err
	}
	// Dropped by us only, after comparing, on every path (RECLAIM-4).
	defer guard.withdraw(func() { point("reclaim:unguarding") })
	point("reclaim:guarded")
	if err := a.removeStale(judged); err != nil {
		return nil, err
	}
	point("reclaim:unlinked")
	got, err := a.publishLock(silently)
	if err == nil {
		point("reclaim:published")
	}
	return got, err
}

// removeStale judges again: under the guard no other contender of this contract can replace the lock between the check
// and the unlink.
func (a *acquisition) removeStale(judged *finding) error {
	again, err := a.subject(judged.path).lookAnew()
	if err != nil {
		return err
	}
	if again == nil || !again.same(judged.snapshot) || again.verdict() != judged.verdict() || !a.mayRemove(again) {
		return errTaken
	}
	point("reclaim:rejudged")
	return removeObject(again.snapshot, judged.path)
}

// breakDead breaks a dead reclaimer's guard, or a dead breaker's marker, exactly once for these bytes (RECLAIM-7). The lock
// that it guarded is not touched. It answers what is in the way, or nil when there is reason to look again at once.
func (a *acquisition) breakDead(dead *finding) (*finding, error) {
	path := a.paths.marker(dead.Bytes)
	marker, err := a.publishAid(path)
	if errors.Is(err, errTaken) {
		other, err := a.subject(path).look()
		if err != nil || other == nil {
			return nil, err
		}
		if !other.provenDead() {
			return other, nil
		}
		return a.breakDead(other)
	}
	if err != nil {
		return nil, err
	}
	defer marker.withdraw(nothing)
	point("break:marked")
	// It may have been broken, and another one taken, since it was judged.
	if same, err := holds(dead.path, dead.Bytes); err != nil || !same {
		return nil, err
	}
	point("break:compared")
	if err := unlinkIfThere(dead.path); err != nil {
		return nil, err
	}
	point("break:unlinked")
	return nil, nil
}
