import { dirname, join } from "node:path";
import { intentFault } from "./intents.js";
import { findLockFiles, isWitness, kindOf, type LockFileKind } from "./names.js";
import { parse, peerFault, writerFault } from "./payload.js";
import { type Planted, readSafely, typeOf } from "./planted.js";

/** A process of the case, by the number that it says it has. */
export interface Party {
  readonly name: string;
  readonly isPeer: boolean;
}

export interface Crowd {
  /** In several PID namespaces several have one number: `isPeers` says whose hand the bytes are likely to be in. */
  partyOf(pid: unknown, isPeers: boolean): Party | undefined;
  /** The case has taken it away itself, or means to. */
  isExcused(path: string): boolean;
  readonly hasPeers: boolean;
}

type Report = (id: string, ok: boolean, message: string) => void;

/**
 * Looks at every lock, guard, marker and witness that it comes across. What the case has planted is the harness's; all else is
 * somebody's work: the driver's whose pid it names.
 */
export class ByteCheck {
  /** Distinct contents that were seen. */
  seen = 0;
  private readonly known = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly planted: Planted,
    private readonly crowd: Crowd,
    private readonly report: Report,
  ) {}

  look(): void {
    for (const { path, kind } of findLockFiles(this.folder)) this.check(path, kind);
  }

  /** The same for one directory, outside the case's folder too. */
  lookAt(lockPath: string): void {
    const kind = kindOf(lockPath);
    if (kind !== undefined && !dirname(lockPath).startsWith(this.folder)) this.check(lockPath, kind);
  }

  private check(path: string, kind: LockFileKind): void {
    // A candidate may be read in the middle of a write.
    if (kind === "candidate" || this.planted.unchanged(path)) return;
    const file = readSafely(path);
    if (kind === "intent" && file !== undefined) this.private(path, file.stats.mode);
    // It holds a store, and whoever makes one cuts it off at will.
    if (kind === "unfinished-store") return;
    if (kind === "stranger") this.name(path);
    else if (isWitness(kind)) this.socket(path, kind);
    else if (file === undefined) this.special(path, kind);
    else this.published(path, kind, file.bytes);
  }

  private published(path: string, kind: LockFileKind, bytes: Buffer): void {
    const key = `${kind} ${bytes.toString("latin1")}`;
    if (this.known.has(key)) return;
    this.known.add(key);
    // It was there in the listing and may have been replaced since: only now is it certain whose bytes these are.
    if (this.planted.unchanged(path)) return;
    this.seen += 1;
    this.content(path, kind, bytes);
  }

  private content(path: string, kind: LockFileKind, bytes: Buffer): void {
    if (kind === "intent") {
      const fault = intentFault(path, bytes);
      if (fault !== undefined) this.report("bytes/intent", false, `${kind} ${path} ${fault}`);
      return;
    }
    const payload = parse(bytes.toString("utf8"));
    const party = this.crowd.partyOf(payload?.["pid"], payload?.["protocol"] === undefined);
    const isPeers = party?.isPeer ?? (this.crowd.hasPeers && payload?.["protocol"] === undefined);
    if (isPeers) {
      const fault = peerFault(bytes);
      if (fault !== undefined)
        this.report("bytes/schema", false, `${kind} ${path} of ${party?.name ?? "a peer"}: ${fault}`);
      return;
    }
    const by = party?.name ?? "a driver";
    const fault = writerFault(bytes);
    if (fault !== undefined) this.report(fault.check, false, `${kind} ${path} by ${by} ${fault.message}`);
    else if (party === undefined) {
      this.report(
        "bytes/owner",
        false,
        `${kind} ${path} names pid ${String(payload?.["pid"])}, which is no process of this case`,
      );
    }
    if (fault === undefined && payload !== undefined) this.witness(path, kind, bytes, payload["witness"]);
  }

  /** What is published names a witness that is there (WITNESS-1), and stays until the name is gone (WITNESS-5). */
  private witness(path: string, kind: LockFileKind, bytes: Buffer, name: unknown): void {
    if (typeof name !== "string") return;
    const socket = join(dirname(path), name);
    if (typeOf(socket) === "socket" || this.crowd.isExcused(socket)) return;
    // Only while the bytes are there must it be.
    if (readSafely(path)?.bytes.equals(bytes) === true)
      this.report("bytes/witness", false, `${kind} ${path} names the witness ${name}, which is not there`);
  }

  private socket(path: string, kind: LockFileKind): void {
    const type = typeOf(path);
    if (type !== undefined && type !== "socket" && !this.crowd.isExcused(path))
      this.report("bytes/witness", false, `${kind} ${path} is a ${type}`);
  }

  private private(path: string, mode: number): void {
    if ((mode & 0o777) === 0o600) return;
    this.report("bytes/private", false, `intent ${path} has the mode ${(mode & 0o777).toString(8)}`);
  }

  private special(path: string, kind: LockFileKind): void {
    const type = typeOf(path);
    // Gone meanwhile, or unreadable for us; a peer's guard is a directory.
    if (type === undefined || type === "file" || this.crowd.hasPeers) return;
    if (!this.planted.unchanged(path)) this.report("bytes/schema", false, `${kind} ${path} is a ${type}`);
  }

  private name(path: string): void {
    if (this.crowd.hasPeers || typeOf(path) === undefined || this.known.has(path)) return;
    this.known.add(path);
    this.report("bytes/name", false, `${path} is none of the names of the contract`);
  }
}
