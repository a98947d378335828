package sidecar

import (
	"context"
	"path/filepath"
	"testing"
)

func BenchmarkAcquireAndRelease(b *testing.B) {
	target := filepath.Join(b.TempDir(), "config.json")
	for b.Loop() {
		lock, err := Acquire(context.Background(), target)
		if err != nil {
			b.Fatal(err)
		}
		if err := lock.Release(); err != nil {
			b.Fatal(err)
		}
	}
}
