package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/openclaw/lock-helpers/go/sidecar"
)

// loop holds again and again without asking: a counter that loses an update, or a log with a gap, is a double holder.
func loop(_ *driver, r request) (reply, error) {
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	var longest, total time.Duration
	for range r.Rounds {
		started := time.Now()
		lock, err := sidecar.Acquire(context.Background(), r.Target, options...)
		if err != nil {
			return nil, err
		}
		took := time.Since(started)
		longest, total = max(longest, took), total+took
		if err := errors.Join(countOnce(r), lock.Release()); err != nil {
			return nil, err
		}
	}
	mean := milliseconds(total) / float64(max(1, r.Rounds))
	return reply{"completed": r.Rounds, "acquireMs": reply{"max": milliseconds(longest), "mean": mean}}, nil
}

func countOnce(r request) error {
	text, err := os.ReadFile(r.Counter)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	count := 0
	if digits := strings.TrimSpace(string(text)); digits != "" {
		if count, err = strconv.Atoi(digits); err != nil {
			return err
		}
	}
	count++
	time.Sleep(duration(r.Hold))
	temporary := fmt.Sprintf("%s.%d", r.Counter, os.Getpid())
	if err := os.WriteFile(temporary, fmt.Appendf(nil, "%d\n", count), 0o644); err != nil {
		return err
	}
	if err := os.Rename(temporary, r.Counter); err != nil {
		return err
	}
	log, err := os.OpenFile(r.Log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(log, "%s %d %d\n", name, os.Getpid(), count)
	return errors.Join(err, log.Close())
}
