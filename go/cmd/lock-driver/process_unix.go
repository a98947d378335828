//go:build unix

package main

import "syscall"

func setUmask(mask int) error {
	syscall.Umask(mask)
	return nil
}
