package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openclaw/lock-helpers/go/sidecar"
)

var errBody = errors.New("returned by the body")

const soon = 20 * time.Millisecond

func body(_ *driver, r request) (reply, error) {
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var end func(context.Context) error
	switch r.Ends {
	case "return":
		end = func(context.Context) error { return nil }
	case "throw":
		end = func(context.Context) error { return errBody }
	case "cancel":
		end = func(ctx context.Context) error {
			time.AfterFunc(soon, cancel)
			<-ctx.Done()
			return ctx.Err()
		}
	case "timeout":
		// The deadline is around the whole call; the lock must be had well before.
		const deadline = 500 * time.Millisecond
		limited, stop := context.WithTimeout(ctx, deadline)
		defer stop()
		ctx = limited
		end = func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
	case "lost-and-throw":
		state, err := sidecar.Inspect(r.Target)
		if err != nil {
			return nil, err
		}
		end = func(context.Context) error {
			if err := os.Remove(state.LockPath); err != nil {
				return fmt.Errorf("the driver could not remove the lock: %w", err)
			}
			return errBody
		}
	default:
		return nil, fmt.Errorf("unknown end of a body: %s", r.Ends)
	}
	err = sidecar.With(ctx, r.Target, end, options...)
	answer := reply{"outcome": outcome(err, errBody), "original": errors.Is(err, errBody), "attached": nil}
	var attached *sidecar.Error
	if errors.Is(err, errBody) && errors.As(err, &attached) {
		answer["attached"] = attached.Code
	}
	return answer, nil
}

func nested(_ *driver, r request) (reply, error) {
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	var answer reply
	err = sidecar.With(context.Background(), r.Target, func(ctx context.Context) error {
		started := time.Now()
		err := sidecar.With(ctx, r.Target, func(context.Context) error { return nil }, options...)
		result := "acquired"
		if err != nil {
			result = outcome(err, nil)
		}
		answer = reply{"outcome": result, "ms": milliseconds(time.Since(started))}
		return nil
	}, options...)
	return answer, err
}

func threads(_ *driver, r request) (reply, error) {
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	var inside, most, completed atomic.Int64
	failures := make([]error, r.Workers)
	var workers sync.WaitGroup
	for worker := range r.Workers {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for range r.Rounds {
				failures[worker] = sidecar.With(context.Background(), r.Target, func(context.Context) error {
					now := inside.Add(1)
					defer inside.Add(-1)
					for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
					}
					time.Sleep(time.Millisecond)
					return nil
				}, options...)
				if failures[worker] != nil {
					return
				}
				completed.Add(1)
			}
		}()
	}
	workers.Wait()
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	return reply{"completed": completed.Load(), "overlaps": max(0, most.Load()-1)}, nil
}
