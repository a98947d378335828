package main

import (
	"fmt"
	"os"
	"sync"

	"github.com/openclaw/lock-helpers/go/internal/hook"
)

type armed struct {
	action string
	left   int
}

var points = struct {
	sync.Mutex
	armed map[string]*armed
}{armed: map[string]*armed{}}

func arm(_ *driver, r request) (reply, error) {
	if r.Point == "" || r.Action != "stop" && r.Action != "kill" {
		return nil, fmt.Errorf("cannot arm %q to %q", r.Point, r.Action)
	}
	points.Lock()
	points.armed[r.Point] = &armed{action: r.Action, left: max(1, r.Nth)}
	points.Unlock()
	reached := reach
	hook.Point.Store(&reached)
	return nil, nil
}

// reach is called between two steps, and returns only if the process may go on.
func reach(name string) {
	points.Lock()
	found := points.armed[name]
	if found == nil {
		points.Unlock()
		return
	}
	found.left--
	due := found.left == 0
	if due {
		delete(points.armed, name)
	}
	points.Unlock()
	if !due {
		return
	}
	// Written whole before the signal, whatever the other goroutines are writing.
	output.Lock()
	_, _ = fmt.Fprintf(os.Stdout, "{\"event\":\"point\",\"point\":%q}\n", name)
	output.Unlock()
	if found.action == "kill" {
		killSelf()
	} else {
		stopSelf()
	}
}
