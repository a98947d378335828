// Generated from schemas/lock-payload-writer.schema.json; do not edit.

/**
 * What a writer publishes as a lock, a guard or a marker (spec/payload.md, PAYLOAD-1). Keys stand in this order. Add keys last; never make a new key required.
 */
export interface LockPayload {
  /**
   * Own process id, as seen in the own PID namespace.
   */
  pid: number;
  /**
   * UTC, milliseconds; the moment of this publication.
   */
  createdAt: string;
  /**
   * Own start time in OpenClaw's unit for the platform (PAYLOAD-2); left out when unknown.
   */
  starttime?: number;
  /**
   * Version of the contract.
   */
  protocol: 1;
  /**
   * 128 random bits, new for every publication.
   */
  token: string;
  /**
   * linux, darwin, win32, freebsd and so on: Node's names.
   */
  platform: string;
  /**
   * Linux: kernel boot id.
   */
  bootId?: string;
  /**
   * Linux: text of /proc/self/ns/pid.
   */
  pidNamespace?: string;
  /**
   * Linux: text of /proc/self/ns/time.
   */
  timeNamespace?: string;
  /**
   * st_dev of the lock's directory, in decimal.
   */
  dev?: string;
  /**
   * Host name, for people only: never evidence.
   */
  host?: string;
  /**
   * How often this holder touches the lock's modification time, in ms.
   */
  heartbeatMs?: number;
  /**
   * Bare name of a listening socket beside the lock (spec/witness.md).
   */
  witness?: string;
  /**
   * Implementation and version, such as python/1.2.0.
   */
  helper?: string;
  /**
   * The caller's words; at most 256 bytes of UTF-8.
   */
  purpose?: string;
}
