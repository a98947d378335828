import type { Observed } from "../src/observe.js";
import type { Descriptor, Identity, System } from "../src/system.js";
import type { ObjectKind } from "../src/verdict.js";

/** The `lock` of a vector (spec/vectors/README.md). */
export interface VectorLock {
  readonly kind?: ObjectKind;
  readonly text?: string;
  readonly base64?: string;
  readonly quietMs?: number | string;
  readonly dev?: string;
  readonly ino?: string;
}

/** The `system` of a vector. What is not named does not exist. */
export interface VectorSystem {
  readonly platform: string;
  readonly now?: string;
  readonly self: Identity;
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly signals?: Readonly<Record<string, string>>;
  readonly descriptors?: Readonly<Record<string, readonly Descriptor[]>>;
  readonly errors?: Readonly<Record<string, string>>;
  readonly startTimes?: Readonly<Record<string, number>>;
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code, syscall: "fake" });
}

export function fakeSystem(vector: VectorSystem): System {
  const { files = {}, links = {}, signals = {}, descriptors = {}, errors = {}, startTimes = {} } = vector;
  const find = <T>(table: Readonly<Record<string, T>>, key: string, path: string): T => {
    const error = errors[path];
    if (error !== undefined) throw failure(error);
    const value = table[key];
    if (value === undefined) throw failure("ENOENT");
    return value;
  };
  return {
    platform: vector.platform,
    self: () => vector.self,
    now: () => (vector.now === undefined ? Date.now() : Date.parse(vector.now)),
    readFile: (path) => find(files, path, path),
    readLink: (path) => find(links, path, path),
    processes: () => {
      if (errors["/proc"] !== undefined) throw failure(errors["/proc"]);
      const named = [...Object.keys(files), ...Object.keys(errors)];
      const pids = named.flatMap((path) => /^\/proc\/([0-9]+)\/stat$/.exec(path)?.[1] ?? []);
      return [...new Set(pids)].map(Number).sort((one, other) => one - other);
    },
    descriptors: (pid) => {
      const number = pid === "self" ? vector.self.pid : pid;
      return [...find(descriptors, String(number), `/proc/${pid}/fd`)];
    },
    signal: (pid) => signals[String(pid)] ?? "ESRCH",
    startTime: (pid) => startTimes[String(pid)],
  };
}

export function observedOf(lock: VectorLock): Observed {
  const { kind = "regular", text, base64, quietMs = 0, dev = "0", ino = "0" } = lock;
  const bytes = base64 === undefined ? Buffer.from(text ?? "", "utf8") : Buffer.from(base64, "base64");
  return { object: kind, bytes: kind === "regular" ? bytes : undefined, dev, ino, quietMs: () => Number(quietMs) };
}
