//go:build unix

package ending

import (
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// asked asks for a release at USR1, which a handler of the program's own lets it survive.
func asked(t *testing.T, release func()) (own chan os.Signal, undo func()) {
	t.Helper()
	own = make(chan os.Signal, 8)
	signal.Notify(own, syscall.SIGUSR1)
	undo = OnSignals(release, []os.Signal{syscall.SIGUSR1})
	t.Cleanup(func() {
		waitUntilOver()
		undo()
		signal.Stop(own)
	})
	return own, undo
}

func send(t *testing.T, own chan os.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	<-own
}

func TestNothingIsReleasedInsideASectionOrAFlightAndTheProgramsHandlerIsToldAfter(t *testing.T) {
	for _, kind := range []string{"section", "flight", "flight that holds no signals", "two flights"} {
		t.Run(kind, func(t *testing.T) {
			var inside, wrong, released atomic.Bool
			own, _ := asked(t, func() {
				wrong.Store(inside.Load())
				released.Store(true)
			})
			inside.Store(true)
			var leave func()
			switch kind {
			case "section":
				leave = Enter()
			case "flight", "flight that holds no signals":
				settle := Hold(kind == "flight")
				leave = func() { settle(time.Time{}) }
			default:
				first, second := Hold(true), Hold(true)
				leave = func() {
					first(time.Time{})
					second(time.Time{})
				}
			}
			send(t, own)
			inside.Store(false)
			leave()
			<-own
			if !released.Load() || wrong.Load() {
				t.Errorf("released %v, inside %v", released.Load(), wrong.Load())
			}
		})
	}
}

func TestWhatBeginsWhileReleasingWaitsUntilThatIsOver(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	var over atomic.Bool
	own, _ := asked(t, func() {
		close(begun)
		<-goOn
		over.Store(true)
	})
	send(t, own)
	<-begun
	entered := make(chan bool, 2)
	go func() {
		leave := Enter()
		entered <- over.Load()
		leave()
	}()
	go func() {
		settle := Hold(false)
		entered <- over.Load()
		settle(time.Time{})
	}()
	close(goOn)
	for range 2 {
		if !<-entered {
			t.Error("did not wait")
		}
	}
	<-own
}

func TestTheHandlerIsInForceAgainWhereTheProgramLivesOn(t *testing.T) {
	released := make(chan struct{}, 8)
	own, undo := asked(t, func() { released <- struct{}{} })
	for range 2 {
		send(t, own)
		<-released
		<-own
		waitUntilOver()
	}
	undo()
	send(t, own)
	if len(released) > 0 {
		t.Error("undone, and released")
	}
}

func waitUntilOver() {
	settle := Hold(false)
	settle(time.Time{})
}

func TestAStaleUndoUndoesNothingNewer(t *testing.T) {
	released := make(chan struct{}, 8)
	own, first := asked(t, func() { released <- struct{}{} })
	first()
	second := OnSignals(func() { released <- struct{}{} }, []os.Signal{syscall.SIGUSR1})
	defer second()
	first()
	send(t, own)
	<-released
	<-own
	waitUntilOver()
}
