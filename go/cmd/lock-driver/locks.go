package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

type driver struct {
	mu      sync.Mutex
	locks   map[string]*held
	waiting map[int64]func()
	// Refreshes that could be saved yet.
	unsaved map[string]*oauth.Error

	undo     func()
	children []*exec.Cmd
}

type held struct {
	lock    *sidecar.Lock
	signals atomic.Int64
}

func (d *driver) cancellable(id int64) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting[id] = cancel
	return ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.waiting, id)
		cancel()
	}
}

func acquire(d *driver, r request) (reply, error) {
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	if r.Handle == "" {
		return nil, errors.New("no handle")
	}
	waits := 0
	options = append(options, sidecar.WithOnWait(func(sidecar.WaitEvent) { waits++ }))
	lock, err := sidecar.Acquire(r.ctx, r.Target, options...)
	if err != nil {
		return nil, err
	}
	return d.keep(r.Handle, lock, waits), nil
}

// keep keeps a lock under its handle, and tells of it.
func (d *driver) keep(handle string, lock *sidecar.Lock, waits int) reply {
	mine := &held{lock: lock}
	go func() {
		<-lock.Done()
		mine.signals.Add(1)
	}()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.locks[handle] = mine
	var witness any
	if name := hook.Witness(lock); name != "" {
		witness = name
	}
	return reply{
		"lockPath": lock.Path(),
		"waitedMs": milliseconds(lock.Waited()),
		"waits":    waits,
		"token":    hook.Token(lock),
		"witness":  witness,
	}
}

func cancel(d *driver, r request) (reply, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if end, waits := d.waiting[r.Request]; waits {
		end()
	}
	return nil, nil
}

func (d *driver) find(handle string) (*held, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, known := d.locks[handle]
	if !known {
		return nil, fmt.Errorf("no such handle: %s", handle)
	}
	return found, nil
}

// release keeps the lock under its handle, so that releasing twice releases the same lock again.
func release(d *driver, r request) (reply, error) {
	found, err := d.find(r.Handle)
	if err != nil {
		return nil, err
	}
	return nil, found.lock.Release()
}

func verify(d *driver, r request) (reply, error) {
	found, err := d.find(r.Handle)
	if err != nil {
		return nil, err
	}
	return reply{"held": found.lock.Verify()}, nil
}

func awaitLost(d *driver, r request) (reply, error) {
	found, err := d.find(r.Handle)
	if err != nil {
		return nil, err
	}
	ms, err := number(r.Timeout)
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(duration(ms))
	defer timer.Stop()
	select {
	case <-found.lock.Done():
		// The one who counts has been woken by the same signal.
		for found.signals.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		return reply{"lost": true, "signals": found.signals.Load()}, nil
	case <-timer.C:
		return reply{"lost": false, "signals": found.signals.Load()}, nil
	}
}
