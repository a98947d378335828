# Generated from schemas/lock-payload-writer.schema.json; do not edit.
"""What a writer publishes as a lock, a guard or a marker (PAYLOAD-1)."""

from typing import TypedDict


class _RequiredLockPayload(TypedDict):
    #: Own process id, as seen in the own PID namespace.
    pid: int
    #: UTC, milliseconds; the moment of this publication.
    createdAt: str
    #: Version of the contract.
    protocol: int
    #: 128 random bits, new for every publication.
    token: str
    #: linux, darwin, win32, freebsd and so on: Node's names.
    platform: str


class LockPayload(_RequiredLockPayload, total=False):
    """A payload; its keys are written in the order of the schema, not of these classes."""

    #: Own start time in OpenClaw's unit for the platform (PAYLOAD-2); left out when unknown.
    starttime: int
    #: Linux: kernel boot id.
    bootId: str
    #: Linux: text of /proc/self/ns/pid.
    pidNamespace: str
    #: Linux: text of /proc/self/ns/time.
    timeNamespace: str
    #: st_dev of the lock's directory, in decimal.
    dev: str
    #: Host name, for people only: never evidence.
    host: str
    #: How often this holder touches the lock's modification time, in ms.
    heartbeatMs: int
    #: Bare name of a listening socket beside the lock (spec/witness.md).
    witness: str
    #: Implementation and version, such as python/1.2.0.
    helper: str
    #: The caller's words; at most 256 bytes of UTF-8.
    purpose: str
