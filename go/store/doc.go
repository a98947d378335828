// Package store reads a JSON file that several programs share, without a lock, and replaces it under one (spec/store.md).
//
//	changed, err := store.Update(ctx, "settings.json", func(now *store.Snapshot) ([]store.Edit, error) {
//		return []store.Edit{store.Set("dark", "ui", "theme"), store.Remove("ui", "colour")}, nil
//	})
//
// A reader sees a whole file, old or new, whatever becomes of the writer: it is written beside the store, synced, and
// renamed, after a last look that the locks are still held and that nobody has written meanwhile. Bytes that an edit is
// not about stay as they are: unknown keys, their order, white space, the spelling of numbers. What is no well-formed
// store is an error of its own kind, and is not touched.
//
// Failures are of type [*Error], told apart with errors.Is and the codes of this package, or those of package sidecar
// where it is the lock that could not be had. Neither they nor a printed [Snapshot] or [Edit] hold a value of the store.
package store
