//go:build !unix

package openclaw

import "io/fs"

func giveTo(string, fs.FileInfo) error { return nil }
