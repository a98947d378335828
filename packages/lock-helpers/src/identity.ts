import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { readText } from "./descriptor.js";
import { PROTOCOL_VERSION, VERSION } from "./generated/constants.js";
import type { LockPayload } from "./payload.js";
import { createNodeSystem, type Identity, platformStartTime, type System } from "./system.js";

let own: Identity | undefined;

/**
 * Who we are, read once. Through `/proc/self`, never `/proc/<pid>`: where another namespace's `/proc` is mounted our
 * number belongs to somebody else (PAYLOAD-4). Node cannot fork without exec, so what is cached never gets inherited.
 */
export function ownIdentity(): Identity {
  if (own) return own;
  isWhole = true;
  const read = readOwnIdentity();
  if (isWhole) own = read;
  return read;
}

// Short of descriptors or memory for the moment, we are not yet somebody without a start time.
const PASSING = new Set(["EMFILE", "ENFILE", "ENOMEM", "EIO", "EINTR", "EAGAIN"]);
let isWhole = true;

function readOwnIdentity(): Identity {
  const pid = process.pid;
  if (process.platform !== "linux") return { pid, starttime: platformStartTime(pid) };
  return {
    pid,
    starttime: readable(() => startTimeOf(readText("/proc/self/stat"))),
    bootId: readable(() => readText("/proc/sys/kernel/random/boot_id").trim() || undefined),
    pidNamespace: readable(() => readlinkSync("/proc/self/ns/pid")),
    timeNamespace: readable(() => readlinkSync("/proc/self/ns/time")),
  };
}

function readable<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (PASSING.has(String((error as NodeJS.ErrnoException).code))) isWhole = false;
    return undefined;
  }
}

/** Field 22 of a `/proc/<pid>/stat`: counted after the last `)`, since a command name may hold spaces and brackets. */
export function startTimeOf(stat: string): number | undefined {
  const fields = stat
    .slice(stat.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const field = fields[19];
  return field !== undefined && /^[0-9]{1,15}$/.test(field) ? Number(field) : undefined;
}

/** The machine that we run on. */
export const nodeSystem: System = createNodeSystem(ownIdentity);

const host = hostname();
const isPlainHost = /^[\x21-\x7e]{1,255}$/.test(host);

/** What differs between a lock, and a guard or a marker. */
export interface PayloadDetails {
  readonly heartbeatMs?: number | undefined;
  readonly purpose?: string | undefined;
}

/** A payload of ours for one publication: created now, with its own token, keys in the order of PAYLOAD-1. */
export function ownPayload(token: string, dev: string, details: PayloadDetails = {}, witness?: string): LockPayload {
  const { pid, starttime, bootId, pidNamespace, timeNamespace } = ownIdentity();
  const payload = {
    pid,
    createdAt: new Date().toISOString(),
    starttime,
    protocol: PROTOCOL_VERSION,
    token,
    platform: process.platform,
    bootId,
    pidNamespace,
    timeNamespace,
    dev,
    host: isPlainHost ? host : undefined,
    heartbeatMs: details.heartbeatMs,
    witness,
    helper: `typescript/${VERSION}`,
    purpose: details.purpose,
  };
  // What is undefined is left out when it is written; to leave it out here costs more than all the rest.
  return payload as LockPayload;
}
