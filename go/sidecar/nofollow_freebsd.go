package sidecar

import "syscall"

// isALink is what O_NOFOLLOW answers to a link.
const isALink = syscall.EMLINK
