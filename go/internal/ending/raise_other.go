//go:build !unix

package ending

import (
	"os"
	"syscall"
)

// Nothing holds these back here: Windows ends a program for its console's sake a few seconds after the event, whatever it
// does.
var heldByFlights []os.Signal

// Default are control-C, and what stands for the closing of the console.
func Default() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// STATUS_CONTROL_C_EXIT
const controlCExit = -0x3FFFFEC6

// raise ends the process as control-C would have. A process cannot send itself one.
func raise(os.Signal) { os.Exit(controlCExit) }
