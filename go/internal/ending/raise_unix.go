//go:build unix

package ending

import (
	"os"
	"syscall"
	"time"
)

var heldByFlights = []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}

// Default are the signals that mostly end a program.
func Default() []os.Signal { return heldByFlights }

// raise sends a signal again, and gives it time to end the process.
func raise(each os.Signal) {
	_ = syscall.Kill(os.Getpid(), each.(syscall.Signal))
	time.Sleep(100 * time.Millisecond)
}
