package sidecar

import (
	"time"

	"github.com/openclaw/lock-helpers/go/internal/limits"
)

// A difference is an array of the wrong length.
var (
	_ [specMaxStoreBytes]struct{} = [limits.MaxStoreBytes]struct{}{}
	_ [specMaxStoreDepth]struct{} = [limits.MaxStoreDepth]struct{}{}
	_ [specReserveBytes]struct{}  = [limits.ReserveBytes]struct{}{}

	_ [specTornMs]struct{}                = [limits.Torn / time.Millisecond]struct{}{}
	_ [specStoreSweepMs]struct{}          = [limits.StoreSweep / time.Millisecond]struct{}{}
	_ [specStoreTouchMs]struct{}          = [limits.StoreTouch / time.Millisecond]struct{}{}
	_ [specRefreshTimeoutMs]struct{}      = [limits.RefreshTimeout / time.Millisecond]struct{}{}
	_ [specCallTimeoutMs]struct{}         = [limits.CallTimeout / time.Millisecond]struct{}{}
	_ [specCallGraceMs]struct{}           = [limits.CallGrace / time.Millisecond]struct{}{}
	_ [specRetakeTimeoutMs]struct{}       = [limits.RetakeTimeout / time.Millisecond]struct{}{}
	_ [specFreshMarginMs]struct{}         = [limits.FreshMargin / time.Millisecond]struct{}{}
	_ [specAssumedLifetimeMs]struct{}     = [limits.AssumedLifetime / time.Millisecond]struct{}{}
	_ [specFenceTimeoutMs]struct{}        = [limits.FenceTimeout / time.Millisecond]struct{}{}
	_ [specWaitForFreshTimeoutMs]struct{} = [limits.WaitForFresh / time.Millisecond]struct{}{}
)
