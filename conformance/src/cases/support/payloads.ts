import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { deviceOf, ownDomain } from "./machine.js";

export interface Owner {
  readonly pid?: unknown;
  readonly starttime?: unknown;
  readonly createdAt?: unknown;
}

const NOW = (): string => new Date().toISOString();

const lines = (payload: object): string => `${JSON.stringify(payload, null, 2)}\n`;

/** A lock as OpenClaw up to 2026.7.35 writes it: no domain, no token. */
export function openclawLock({ pid, starttime, createdAt = NOW() }: Owner): string {
  return lines({ pid, createdAt, starttime });
}

/** A lock as a helper of this contract writes it on this machine, with chosen fields replaced. */
export function helperLock(lockPath: string, owner: Owner, other: Readonly<Record<string, unknown>> = {}): string {
  return lines({
    pid: owner.pid,
    createdAt: owner.createdAt ?? NOW(),
    starttime: owner.starttime,
    protocol: 1,
    token: randomBytes(16).toString("hex"),
    platform: process.platform,
    ...ownDomain(),
    dev: deviceOf(lockPath),
    host: hostname(),
    heartbeatMs: 10_000,
    helper: "conformance/1.0.0",
    ...other,
  });
}
