// Command lock-driver lets the conformance suite drive this module (spec/driver.md): requests as JSON lines on stdin,
// replies on stdout.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"

	"github.com/openclaw/lock-helpers/go/oauth"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

const longestLine = 1 << 20

func main() {
	if os.Getenv(childVariable) != "" {
		beChild()
		return
	}
	d := &driver{locks: map[string]*held{}, waiting: map[int64]func(){}, unsaved: map[string]*oauth.Error{}}
	err := d.serve(os.Stdin)
	d.endChildren()
	// What a Go program does at the end of main.
	sidecar.CloseIdleWitnesses()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers until the end of input or bye. No lock is released at the end: as after a crash.
func (d *driver) serve(input io.Reader) error {
	lines := bufio.NewScanner(input)
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil || r.ID == nil {
			d.send(reply{"id": nil, "status": "error", "message": fmt.Sprintf("no request: %v", err)})
			continue
		}
		r.raw = append([]byte(nil), lines.Bytes()...)
		if r.Verb == "bye" {
			d.send(reply{"id": *r.ID, "status": "ok"})
			return nil
		}
		// Order matters to these, and they take no time; every other one may wait.
		if verb, quick := atOnce[r.Verb]; quick {
			d.answer(r, verb)
		} else {
			d.begin(r)
		}
	}
	return lines.Err()
}

type reply = map[string]any

// cancellable are those that a cancel ends.
var cancellable = map[string]bool{
	"acquire": true, "adopt": true, "refresh": true, "retry-save": true, "openclaw-refresh": true, "openclaw-wait": true,
}

var errUnknownVerb = errors.New("unknown verb")

func (d *driver) begin(r request) {
	verb, known := verbs[r.Verb]
	if !known {
		verb = func(*driver, request) (reply, error) { return nil, fmt.Errorf("%w: %s", errUnknownVerb, r.Verb) }
	}
	// Registered before the next line is read, so that a cancel that follows at once finds it.
	if cancellable[r.Verb] {
		r.ctx, r.cancel = d.cancellable(*r.ID)
	}
	go d.answer(r, verb)
}

func (d *driver) answer(r request, verb func(*driver, request) (reply, error)) {
	if r.cancel != nil {
		defer r.cancel()
	}
	answer, err := attempt(d, r, verb)
	if err != nil {
		answer = refusal(err)
	} else if answer == nil {
		answer = reply{}
	}
	if _, given := answer["status"]; !given {
		answer["status"] = "ok"
	}
	answer["id"] = *r.ID
	d.send(answer)
}

// attempt makes a panic an error: the driver broke, and says so.
func attempt(d *driver, r request, verb func(*driver, request) (reply, error)) (answer reply, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic: %v\n%s", broken, debug.Stack())
		}
	}()
	return verb(d, r)
}

var output sync.Mutex

func (d *driver) send(message any) {
	line, err := json.Marshal(message)
	if err != nil {
		line, _ = json.Marshal(reply{"id": nil, "status": "error", "message": err.Error()})
	}
	output.Lock()
	defer output.Unlock()
	_, _ = os.Stdout.Write(append(line, '\n'))
}
