import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect } from "vitest";
import { reportFault } from "./schema.js";

export const packageFolder = fileURLToPath(new URL("..", import.meta.url));
export const BIN = join(packageFolder, "dist", "main.js");
if (!existsSync(BIN)) throw new Error("run `npm run build` first");

/** A fresh directory for each test, gone afterwards. */
export function usePlace(): { directory: string; at(name: string): string } {
  const place = { directory: "", at: (name: string) => join(place.directory, name) };
  beforeEach(() => {
    place.directory = realpathSync(mkdtempSync(join(tmpdir(), "lock-cli-")));
  });
  afterEach(() => rmSync(place.directory, { recursive: true, force: true }));
  return place;
}

/** An environment in which nothing of ours or OpenClaw's is set, and the home directory is `home`. */
export function environment(home: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:OPENCLAW_|COLUMNS$|NO_COLOR$|FORCE_COLOR$)/.test(name),
  );
  return { ...Object.fromEntries(kept), HOME: home, ...more };
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly env?: Record<string, string>;
  readonly home?: string;
  readonly cwd?: string;
  readonly input?: string;
  /** Put before the program, as `unshare …`. */
  readonly wrapper?: readonly string[];
}

/** Runs the real program to its end. */
export function cli(args: readonly string[], options: CallOptions = {}): Ended {
  const [program, ...rest] = [...(options.wrapper ?? []), process.execPath, BIN, ...args];
  const { status, signal, stdout, stderr } = spawnSync(program!, rest, {
    env: environment(options.home ?? "/nonexistent", options.env),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.input !== undefined && { input: options.input }),
    encoding: "utf8",
    timeout: 50_000,
    maxBuffer: 1 << 28,
  });
  return { status, signal, stdout, stderr };
}

export interface ReportEntry {
  readonly path: string;
  readonly kind: string;
  readonly state: string;
  readonly belongsTo?: string;
  readonly reason?: string;
  readonly what?: string;
  readonly action?: string;
  readonly explanation: string;
  readonly advice: string;
  readonly ageMs?: number;
  readonly kernelLocks?: readonly { readonly on: string; readonly type: string; readonly access: string }[];
  readonly holder?: {
    readonly pid: number;
    readonly command?: string;
    readonly host?: string;
    readonly helper?: string;
    readonly purpose?: string;
  };
}

export interface Report {
  readonly entries: readonly ReportEntry[];
  readonly places: readonly string[];
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly summary: { readonly held: number; readonly needsAttention: number };
  readonly exitStatus: number;
}

/** Runs a command with --json; what it prints is held against the schema, every time. */
export function report(args: readonly string[], options?: CallOptions): Report {
  const { stdout, stderr, status } = cli([...args, "--json"], options);
  let parsed: Report;
  try {
    parsed = JSON.parse(stdout) as Report;
  } catch {
    throw new Error(`no JSON (exit status ${status}): ${stdout}${stderr}`);
  }
  expect(reportFault(parsed)).toBeUndefined();
  expect(parsed.exitStatus).toBe(status);
  return parsed;
}

/** The entries by their path below a directory: `state`, or `action state` of a sweep. */
export function states({ entries }: Report, below: string): Record<string, string> {
  const name = (path: string) => (path.startsWith(`${below}/`) ? path.slice(below.length + 1) : path);
  return Object.fromEntries(
    entries.map(({ path, state, action }) => [name(path), action === undefined ? state : `${action} ${state}`]),
  );
}

/** The program, running; killed at the end of the test if it still does. */
export class Running {
  static readonly #all = new Set<ChildProcess>();
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";

  constructor(command: readonly string[], options: SpawnOptions = {}) {
    const [program, ...args] = command;
    this.child = spawn(program!, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    Running.#all.add(this.child);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, "exit").then(([status, signal]) => {
      Running.#all.delete(this.child);
      return { status, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  static cli(args: readonly string[], options: SpawnOptions = {}): Running {
    return new Running([process.execPath, BIN, ...args], { env: environment("/nonexistent"), ...options });
  }

  static killAll(): void {
    for (const child of Running.#all) child.kill("SIGKILL");
  }
}

/** Waits for something to become true; the limit is only there to end a test that has failed. */
export async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen as T;
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** What OpenClaw writes. */
export function openclawLock(pid: number, more: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ pid, createdAt: new Date().toISOString(), ...more }, null, 2)}\n`;
}

/** Writes a file, its directories included, so many milliseconds old. */
export function plant(path: string, content: string, ageMs = 0): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  age(path, ageMs);
  return path;
}

export function age(path: string, ageMs: number): void {
  const then = (Date.now() - ageMs) / 1000;
  lutimesSync(path, then, then);
}

/** The lock of a helper that has died. */
export function plantDead(path: string, ageMs = 0): string {
  return plant(path, deadHelperLock(), ageMs);
}

/** OpenClaw's locks tell less: in a container only this makes the dead among them stale at once. */
export const TRUST = { OPENCLAW_LOCKS_TRUST_PIDS: "1" };

const asRoot = process.getuid?.() === 0;
/** As a container runs a program: as the first process of a PID namespace with its own `/proc`. */
export const CONTAINER: readonly string[] = [
  "unshare",
  ...(asRoot ? [] : ["--user", "--map-root-user"]),
  ...["--pid", "--fork", "--kill-child", "--mount-proc"],
];
export const hasContainers = spawnSync(CONTAINER[0]!, [...CONTAINER.slice(1), "true"]).status === 0;
export const isRoot = asRoot;

const library = new URL("../../lock-helpers/dist/esm/index.js", import.meta.url).href;

let deadBytes: string | undefined;

/** The lock of one of our helpers that has been killed in this PID namespace. */
export function deadHelperLock(): string {
  if (deadBytes !== undefined) return deadBytes;
  const directory = mkdtempSync(join(tmpdir(), "lock-cli-dead-"));
  try {
    const target = join(directory, "data");
    const script = `const { acquireFileLockSync } = await import(${JSON.stringify(library)});
      acquireFileLockSync(${JSON.stringify(target)}, { purpose: "a purpose", witness: "never" });
      process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, ["--input-type=module", "-e", script], { env: environment(directory) });
    deadBytes = readFileSync(`${target}.lock`, "utf8");
    return deadBytes;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs `run` on a file with a command that stays until it is killed. */
export async function holding(target: string, options: readonly string[] = []): Promise<Running> {
  const holder = Running.cli(["run", ...options, target, "--", "sleep", "600"]);
  await until("the lock is there", () => textOf(`${target}.lock`));
  return holder;
}
