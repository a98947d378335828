//go:build unix && !linux

package main

import (
	"os"
	"syscall"
	"time"
)

func stopSelf() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	// Another thread may have taken the signal, and stops us a moment later.
	time.Sleep(50 * time.Millisecond)
}

func killSelf() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
