package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/openclaw/lock-helpers/go/sidecar"
)

var signals = map[string]os.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "HUP": syscall.SIGHUP}

func releaseOnSignals(d *driver, r request) (reply, error) {
	if r.Undo {
		if d.undo != nil {
			d.undo()
		}
		return nil, nil
	}
	var asked []os.Signal
	for _, name := range r.Signals {
		each, known := signals[name]
		if !known {
			return nil, fmt.Errorf("no such signal: %s", name)
		}
		asked = append(asked, each)
	}
	d.undo = sidecar.ReleaseOnSignals(asked...)
	return nil, nil
}

// childVariable makes this program the child of a driver, which ends at once or stays.
const childVariable = "LOCK_DRIVER_CHILD"

// Nobody ends a child whose driver was killed.
const longestChild = 10 * time.Minute

func beChild() {
	if os.Getenv(childVariable) == "stay" {
		time.Sleep(longestChild)
	}
	sidecar.CloseIdleWitnesses()
}

func child(d *driver, r request) (reply, error) {
	if _, err := d.find(r.Handle); err != nil {
		return nil, err
	}
	if r.How != "exec" || r.Ends != "exit" && r.Ends != "stay" {
		return nil, fmt.Errorf("no way to start a child by %s that does %s", r.How, r.Ends)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+r.Ends)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if r.Ends == "exit" {
		return reply{"outcome": "impossible", "pid": nil}, cmd.Wait()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.children = append(d.children, cmd)
	return reply{"outcome": "impossible", "pid": cmd.Process.Pid}, nil
}

func (d *driver) endChildren() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, each := range d.children {
		_ = each.Process.Kill()
		_ = each.Wait()
	}
}
