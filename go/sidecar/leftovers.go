package sidecar

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"
)

// leftover is a file of ours that could not be removed when it should have been.
type leftover struct {
	path string
	// own tells the bytes that it must hold to be ours, or file is what it must be; without either it is a candidate, whose
	// name alone says so.
	own  *publication
	file *os.File
}

// leftovers are tried again at each acquire of this process (PUBLISH-9), and every second: a lock or a guard among them
// would keep others waiting for as long as we live.
var leftovers leftoverList

type leftoverList struct {
	mu    sync.Mutex
	pid   int
	items []leftover
	timer *time.Timer
}

const retryLeftoversEvery = time.Second

func (l *leftoverList) add(item leftover) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pid = os.Getpid()
	l.items = append(l.items, item)
	if l.timer == nil {
		l.timer = time.AfterFunc(retryLeftoversEvery, l.retryAndGoOn)
	}
}

func (l *leftoverList) retryAndGoOn() {
	l.retry()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timer = nil
	if len(l.items) > 0 {
		l.timer = time.AfterFunc(retryLeftoversEvery, l.retryAndGoOn)
	}
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
	if i.file != nil {
		return i.goneSame()
	}
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

func (i leftover) goneSame() bool {
	opened, err := i.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(i.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false
	case os.SameFile(opened, there) && unlinkIfThere(i.path) != nil:
		return false
	}
	_ = i.file.Close()
	return true
}
