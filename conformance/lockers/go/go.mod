module github.com/openclaw/lock-helpers/conformance/lockers/go

go 1.24.0

require (
	github.com/gofrs/flock v0.13.0
	github.com/nightlyone/lockfile v1.0.0
)

require golang.org/x/sys v0.37.0 // indirect
