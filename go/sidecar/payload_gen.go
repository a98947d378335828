// Code generated from schemas/lock-payload-writer.schema.json; DO NOT EDIT.

package sidecar

// lockPayload is what a writer publishes as a lock, a guard or a marker (spec/payload.md,
// PAYLOAD-1). Keys stand in this order. Add keys last; never make a new key required.
type lockPayload struct {
	// Own process id, as seen in the own PID namespace.
	Pid int64 `json:"pid"`

	// UTC, milliseconds; the moment of this publication.
	CreatedAt string `json:"createdAt"`

	// Own start time in OpenClaw's unit for the platform (PAYLOAD-2); left out when unknown.
	Starttime *int64 `json:"starttime,omitempty"`

	// Version of the contract.
	Protocol int64 `json:"protocol"`

	// 128 random bits, new for every publication.
	Token string `json:"token"`

	// linux, darwin, win32, freebsd and so on: Node's names.
	Platform string `json:"platform"`

	// Linux: kernel boot id.
	BootId string `json:"bootId,omitempty"`

	// Linux: text of /proc/self/ns/pid.
	PidNamespace string `json:"pidNamespace,omitempty"`

	// Linux: text of /proc/self/ns/time.
	TimeNamespace string `json:"timeNamespace,omitempty"`

	// st_dev of the lock's directory, in decimal.
	Dev string `json:"dev,omitempty"`

	// Host name, for people only: never evidence.
	Host string `json:"host,omitempty"`

	// How often this holder touches the lock's modification time, in ms.
	HeartbeatMs int64 `json:"heartbeatMs,omitempty"`

	// Bare name of a listening socket beside the lock (spec/witness.md).
	Witness string `json:"witness,omitempty"`

	// Implementation and version, such as python/1.2.0.
	Helper string `json:"helper,omitempty"`

	// The caller's words; at most 256 bytes of UTF-8.
	Purpose string `json:"purpose,omitempty"`
}
