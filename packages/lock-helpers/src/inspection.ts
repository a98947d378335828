import type { LockHolder } from "./errors.js";
import { foreignOf } from "./foreign-finding.js";
import { holderOf } from "./holder.js";
import { nodeSystem } from "./identity.js";
import { classify } from "./payload.js";
import type { Finding } from "./subject.js";
import type { Evidence, ObjectKind, Verdict } from "./verdict.js";

/** The keys of a payload that count (spec/payload.md). Raw: escape what you print. */
export interface InspectedPayload {
  /** Undefined: ownerless. */
  readonly pid?: number;
  /** As written. */
  readonly createdAt?: string;
  /** In the platform's unit. */
  readonly starttime?: number;
  readonly protocol?: number;
  readonly platform?: string;
  readonly bootId?: string;
  readonly pidNamespace?: string;
  readonly timeNamespace?: string;
  readonly dev?: string;
  readonly host?: string;
  readonly heartbeatMs?: number;
  readonly witness?: string;
  readonly helper?: string;
  readonly purpose?: string;
}

/** One look at a lock, guard or marker, judged. What is absent could not be known or does not apply. */
export interface Inspection {
  readonly path: string;
  /** What stands there; null when nothing does. */
  readonly object: ObjectKind | null;
  /** `free` when nothing is there. */
  readonly verdict: Verdict | "free";
  /** The row of the verdict table that decided; null when free. */
  readonly reason: string | null;
  /** Proven, not presumed. */
  readonly conclusive: boolean;
  /** Whether `sweepLock` would remove it: a stale lock, a guard or marker whose owner is proven dead. */
  readonly removable: boolean;
  readonly holder?: LockHolder;
  /** Of what is foreign: its name in spec/foreign.json, such as `proper-lockfile`, `flock` or `pid-file`. */
  readonly kind?: string;
  /** Of what is foreign: what it is, to follow "is". */
  readonly what?: string;
  /** Of what is foreign: what to do about its owner, as the beginning of a sentence. */
  readonly remedy?: string;
  /** Of a regular file with one JSON object in it. */
  readonly payload?: InspectedPayload;
  /** Modification time, epoch milliseconds. */
  readonly mtimeMs?: number;
  /** Bytes. */
  readonly size?: number;
  /** All evidence, as in spec/verdict.md. */
  readonly evidence?: Evidence;
}

/** @internal */
export function inspectionOf(path: string, finding: Finding | undefined, removable: boolean): Inspection {
  if (!finding) return { path, object: null, verdict: "free", reason: null, conclusive: false, removable: false };
  const { file, judgement } = finding;
  const { owner, ...evidence } = finding.evidence;
  const isForeign = judgement.verdict === "foreign";
  const holder = holderOf(finding, nodeSystem);
  const isNamed = owner !== undefined || holder.pid !== undefined;
  return {
    ...{ path, object: file.object, ...judgement, removable },
    ...(isNamed && { holder }),
    ...(isForeign && foreignKind(finding)),
    ...(owner && file.bytes && { payload: readPayload(file.bytes) }),
    ...{ mtimeMs: Number(file.stat.mtimeNs / 1000n) / 1000, size: Number(file.stat.size), evidence },
  };
}

function foreignKind(finding: Finding): { kind: string; what: string; remedy: string } {
  const { kind, what, remedy } = foreignOf(finding, nodeSystem).entry;
  return { kind, what, remedy };
}

const OTHER_TEXTS = ["createdAt", "host", "helper", "purpose"] as const;

function readPayload(bytes: Buffer): InspectedPayload {
  const { owner } = classify(bytes);
  if (!owner) return {};
  const { pid, starttime, createdAt: _createdAt, heartbeatMs, ...texts } = owner;
  const record = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
  const own = (key: string) => (Object.hasOwn(record, key) ? record[key] : undefined);
  const others = OTHER_TEXTS.flatMap((key) => (typeof own(key) === "string" ? [[key, own(key)]] : []));
  const protocol = own("protocol");
  return {
    ...texts,
    ...Object.fromEntries(others),
    ...(pid !== null && { pid }),
    ...(starttime !== null && { starttime }),
    ...(typeof protocol === "number" && { protocol }),
    ...(heartbeatMs !== null && { heartbeatMs }),
  };
}
