import { answerOf } from "../src/ask-witness.js";
import { MAX_READ_BYTES } from "../src/generated/constants.js";
import type { Observed } from "../src/observe.js";
import type { Descriptor, Identity, System } from "../src/system.js";
import type { ObjectKind } from "../src/verdict.js";

/** Long bytes in few words (spec/vectors/README.md). */
export interface Repeat {
  readonly prefix?: string;
  readonly unit?: string;
  readonly times?: number;
  readonly middle?: string;
  readonly closing?: string;
  readonly suffix?: string;
}

/** The `lock` of a vector (spec/vectors/README.md). */
export interface VectorLock {
  readonly kind?: ObjectKind;
  readonly text?: string;
  readonly base64?: string;
  readonly repeat?: Repeat;
  readonly quietMs?: number | string;
  readonly silentMs?: number | string;
  readonly dev?: string;
  readonly directoryDev?: string;
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
  readonly descriptors?: Readonly<Record<string, readonly (Descriptor | { readonly error: string })[]>>;
  readonly errors?: Readonly<Record<string, string>>;
  readonly startTimes?: Readonly<Record<string, number>>;
  readonly witnesses?: Readonly<Record<string, { readonly connect: string }>>;
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
      const list = find(descriptors, String(number), `/proc/${pid}/fd`);
      return list.map((entry) => ("error" in entry ? undefined : entry));
    },
    signal: (pid) => signals[String(pid)] ?? "ESRCH",
    startTime: (pid) => startTimes[String(pid)],
  };
}

/** The bytes of a vector, in whichever of its forms they are given. */
export function bytesOf({ text, base64, repeat }: Pick<VectorLock, "text" | "base64" | "repeat">): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  if (!repeat) return Buffer.from(text ?? "", "utf8");
  const { prefix = "", unit = "", times = 0, middle = "", closing = "", suffix = "" } = repeat;
  return Buffer.from(prefix + unit.repeat(times) + middle + closing.repeat(times) + suffix, "utf8");
}

export function observedOf(lock: VectorLock, { witnesses = {} }: VectorSystem): Observed {
  const { kind = "regular", quietMs = 0, silentMs = 0, dev = "0", ino = "0", directoryDev = dev } = lock;
  const bytes = bytesOf(lock);
  const isRead = kind === "regular" && bytes.length <= MAX_READ_BYTES;
  return {
    ...{ object: kind, bytes: isRead ? bytes : undefined, dev, ino },
    quietMs: () => Number(quietMs),
    silentMs: () => Number(silentMs),
    directoryDev: () => directoryDev,
    witness: (name) => {
      const errno = witnesses[name]?.connect ?? "ENOENT";
      return answerOf(errno === "ok" ? undefined : errno);
    },
  };
}
