package sidecar

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func init() {
	// Adds one to a counter, again and again, as slowly as a file allows.
	roles["count"] = func(args []string) error {
		target, counter := args[0], args[1]
		rounds, err := strconv.Atoi(args[2])
		for ; rounds > 0 && err == nil; rounds-- {
			err = With(context.Background(), target, func(context.Context) error { return addOne(counter) }, WithTimeout(time.Minute))
		}
		say("done")
		return err
	}
}

func addOne(counter string) error {
	text, err := os.ReadFile(counter)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	count, _ := strconv.Atoi(string(text))
	time.Sleep(time.Millisecond)
	return os.WriteFile(counter, []byte(strconv.Itoa(count+1)), 0o600)
}

// With killed holders among them: each death is a reclaim by several at once.
func TestProcessesExcludeEachOtherAlsoOverTheDead(t *testing.T) {
	target := newTarget(t)
	counter := filepath.Join(filepath.Dir(target), "counter")
	const workers, rounds = 4, 20
	write0644(t, target+".lock", deadPayload(t, nil))
	var children []*process
	for range workers {
		children = append(children, start(t, "count", target, counter, strconv.Itoa(rounds)))
	}
	for range 3 {
		victim := start(t, "die-at", target, "acquire:linked")
		victim.reap()
	}
	for _, child := range children {
		child.expect("done")
	}
	text, err := os.ReadFile(counter)
	if err != nil || string(text) != strconv.Itoa(workers*rounds) {
		t.Errorf("counted to %s of %d, %v", text, workers*rounds, err)
	}
}

func TestManyContendersReclaimADeadLockOneAtATime(t *testing.T) {
	for range 20 {
		target := newTarget(t)
		write0644(t, target+".lock", deadPayload(t, nil))
		const contenders = 8
		inside := 0
		results := make(chan error, contenders)
		for range contenders {
			go func() {
				results <- With(context.Background(), target, func(context.Context) error {
					if inside++; inside != 1 {
						return errors.New("two holders")
					}
					inside--
					return nil
				}, WithTimeout(time.Minute))
			}()
		}
		for range contenders {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		mustBeEmpty(t, filepath.Dir(target))
	}
}
