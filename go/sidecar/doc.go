// Package sidecar takes the lock that OpenClaw takes: the small JSON file <file>.lock beside a file that programs share.
// Programs in other languages that keep to the same contract, and OpenClaw itself, then wait for each other, and get past
// a holder that has died.
//
//	err := sidecar.With(ctx, "openclaw.json", func(ctx context.Context) error {
//		// read, change and write the file in here; ctx is cancelled if the lock is lost
//	}, sidecar.WithTimeout(10*time.Second))
//
// A lock is released by [Lock.Release], or by [With] however its body ends. It survives a crash of its holder as a file
// that names a dead process; the next one to come proves that, and takes it over. What a lock cannot do is to stop a
// program that does not ask for it, and two holds of one file by two names: a final symbolic link is not resolved.
//
// Containers that share a directory have pids of their own. There, on Linux, a process listens on a socket beside its
// locks, a file .openclaw-lock-*.sock: it answers as long as the process lives, from every container, and is removed
// when no lock needs it. See [WithWitness], [WithTrustPIDs] and, for programs that end soon, [CloseIdleWitnesses].
//
// Failures are of type [*Error], told apart with errors.Is and the codes of this package.
//
// The contract is written down in the folder spec of this repository; the ids in these comments, such as RELEASE-1, are
// its rules.
package sidecar
