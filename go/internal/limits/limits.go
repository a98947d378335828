// Package limits has those numbers of the contract (spec/constants.json) that packages other than sidecar need. Package
// sidecar, whose numbers are generated, does not compile if they differ.
package limits

import "time"

// See spec/constants.json.
const (
	MaxStoreBytes = 16 << 20
	MaxStoreDepth = 64
	ReserveBytes  = 64 << 10

	Torn             = 200 * time.Millisecond
	StoreSweep       = 10 * time.Minute
	StoreTouch       = 30 * time.Second
	RefreshTimeout   = 150 * time.Second
	CallTimeout      = 120 * time.Second
	CallGrace        = 10 * time.Second
	RetakeTimeout    = 130 * time.Second
	FreshMargin      = 300 * time.Second
	AssumedLifetime  = time.Hour
	FenceTimeout     = 120 * time.Second
	WaitForFresh     = 130 * time.Second
	SweepAtMostEvery = time.Minute
)
