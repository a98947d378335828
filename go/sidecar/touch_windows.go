package sidecar

import "os"

// No descriptor is held, and a path is never touched.
func touch(*os.File) error { return nil }
