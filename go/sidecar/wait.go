package sidecar

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	pollMin   = specPollMinMs * time.Millisecond
	pollMax   = specPollMaxMs * time.Millisecond
	settle    = specSettleMs * time.Millisecond
	waitEvent = specWaitEventMs * time.Millisecond
)

// backoff is the time between two looks (WAIT-5): from 1 ms, doubling to 25 ms, half of it by chance.
type backoff struct{ next time.Duration }

func (b *backoff) pause() time.Duration {
	full := max(b.next, pollMin)
	b.next = min(2*full, pollMax)
	return full/2 + rand.N(full/2+1)
}

// sleep pauses, or ends at once with the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
