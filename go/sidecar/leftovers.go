package sidecar

import (
	"errors"
	"io/fs"
	"os"
	"sync"
)

// leftover is a file of ours that could not be removed when it should have been.
type leftover struct {
	path string
	// own tells the bytes that it must hold to be ours; nil for a candidate, whose name alone says so.
	own *publication
}

// leftovers are tried again at each acquire of this process (PUBLISH-9).
var leftovers leftoverList

type leftoverList struct {
	mu    sync.Mutex
	pid   int
	items []leftover
}

func (l *leftoverList) add(item leftover) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pid = os.Getpid()
	l.items = append(l.items, item)
}

func (l *leftoverList) retry() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.items) == 0 || l.pid != os.Getpid() {
		return
	}
	var still []leftover
	for _, item := range l.items {
		if !item.gone() {
			still = append(still, item)
		}
	}
	l.items = still
}

func (i leftover) gone() bool {
	if i.own == nil {
		err := unlink(i.path)
		return err == nil || errors.Is(err, fs.ErrNotExist)
	}
	_, err := i.own.remove(nothing)
	if err == nil {
		i.own.forget()
	}
	return err == nil
}
