// Program locker <library> reads `lock <target>`, `unlock` and `exit`, a line each; it answers `locked`, `unlocked` or
// `refused <why>`.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/nightlyone/lockfile"
)

// Long enough for a library to look at a lock several times.
const patience = time.Second

var errLocked = errors.New("it is locked")

type release func() error

var lockers = map[string]func(target string) (release, error){
	"gofrs": func(target string) (release, error) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		lock := flock.New(target + ".lock")
		taken, err := lock.TryLockContext(ctx, 50*time.Millisecond)
		if err == nil && !taken {
			err = errLocked
		}
		return lock.Unlock, err
	},
	"nightlyone": func(target string) (release, error) {
		lock, err := lockfile.New(target + ".lock")
		if err == nil {
			err = lock.TryLock()
		}
		return lock.Unlock, err
	},
}

func main() {
	take, known := lockers[os.Args[1]]
	if !known {
		os.Exit(2)
	}
	if len(os.Args) > 2 {
		return
	}
	held := release(func() error { return nil })
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		verb, target, _ := strings.Cut(input.Text(), " ")
		var err error
		switch verb {
		case "exit":
			return
		case "lock":
			held, err = take(target)
		default:
			err = held()
		}
		if err != nil {
			fmt.Println("refused", err)
		} else {
			fmt.Println(verb + "ed")
		}
	}
}
