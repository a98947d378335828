package sidecar_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/openclaw/lock-helpers/go/sidecar"
)

func ExampleWith() {
	dir, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "openclaw.json")
	ctx := context.Background()

	err := sidecar.With(ctx, path, func(ctx context.Context) error {
		// Read inside the lock, never before. ctx is cancelled if the lock is lost.
		return os.WriteFile(path, []byte("{}\n"), 0o600)
	}, sidecar.WithTimeout(10*time.Second))
	fmt.Println(err)
	// Output: <nil>
}

func ExampleAcquire() {
	dir, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "openclaw.json")
	ctx := context.Background()

	lock, err := sidecar.Acquire(ctx, path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer lock.Release()

	_, err = sidecar.Acquire(ctx, path, sidecar.WithTimeout(0))
	var held *sidecar.Error
	if errors.Is(err, sidecar.ErrTimeout) && errors.As(err, &held) {
		fmt.Println("held by this very process:", held.Holder.PID == os.Getpid())
	}
	if lock.Verify() { // Still ours, just before the write.
		fmt.Println(os.WriteFile(path, []byte("{}\n"), 0o600))
	}
	// Output:
	// held by this very process: true
	// <nil>
}
