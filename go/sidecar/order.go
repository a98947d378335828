package sidecar

import "sync"

// order makes what one goroutine wrote while it held a lock visible to the next goroutine of this process that holds it:
// that a file was unlinked and linked between them is nothing to the memory model. It is passed through last before
// the unlink, and first after the link.
var order sync.Mutex

func passOrder() {
	order.Lock()
	defer order.Unlock()
}
