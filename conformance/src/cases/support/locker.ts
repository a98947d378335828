import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { CaseContext } from "../../engine/case.js";
import { type LockerName, lockerCommand } from "../../engine/lockers.js";
import { isThere, lockOf } from "./files.js";

/** One process of somebody else's locker. */
export interface Locker {
  /** Of the process that is to be blamed. */
  readonly pid: number;
  /** Its own words when it has not got the lock, else undefined. `way`: by another of its ways. */
  lock(target: string, way?: string): Promise<string | undefined>;
  unlock(): Promise<void>;
  /** With SIGKILL. */
  kill(): Promise<void>;
}

export type StartLocker = (context: CaseContext) => Promise<Locker>;

const ANSWER_MS = 20_000;

type Piped = ChildProcessByStdio<Writable, Readable, null>;

/** A process with its lines, ended with the case. */
class Program {
  readonly pid: number;
  readonly exited: Promise<unknown>;
  private readonly said: string[] = [];
  private heard = 0;
  private hasEnded = false;

  constructor(
    private readonly context: CaseContext,
    private readonly name: string,
    private readonly child: Piped,
  ) {
    this.pid = child.pid!;
    this.exited = once(child, "close").then(() => {
      this.hasEnded = true;
    });
    child.stdin.on("error", () => {});
    createInterface({ input: child.stdout }).on("line", (line) => this.said.push(line));
    context.cleanup(() => this.kill());
  }

  say(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** The next line, or undefined at its end. */
  async answer(): Promise<string | undefined> {
    const isHeard = (): boolean => this.said.length > this.heard || this.hasEnded;
    await this.context.until(`${this.name} answers`, isHeard, ANSWER_MS);
    const line = this.said[this.heard];
    this.heard += 1;
    return line;
  }

  /** With all that it has started. */
  async kill(): Promise<void> {
    try {
      if (!this.hasEnded) process.kill(-this.pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
    await this.exited;
  }
}

async function start(context: CaseContext, name: string, command: readonly string[], cwd?: string): Promise<Program> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], detached: true, cwd });
  await once(child, "spawn");
  return new Program(context, name, child);
}

/** A library behind its program in `lockers/`. */
export const library =
  (name: LockerName): StartLocker =>
  async (context) => {
    const program = await start(context, name, lockerCommand(name) ?? []);
    return {
      pid: program.pid,
      lock: async (target, way) => {
        program.say(way === undefined ? `lock ${target}` : `lock ${target} ${way}`);
        return refusalIn(await program.answer());
      },
      unlock: async () => {
        program.say("unlock");
        await program.answer();
      },
      kill: () => program.kill(),
    };
  };

const refusalIn = (answer: string | undefined): string | undefined =>
  answer === "locked" ? undefined : (answer ?? "it ended").replace(/^refused\s*/, "");

/** `flock <lock> -c ...`; its child has no part in the lock, so that it ends with the process that is blamed. */
export const flockCommand: StartLocker = async (context) => {
  let program: Program | undefined;
  return {
    get pid() {
      return program!.pid;
    },
    lock: async (target) => {
      const script = "echo locked; read -r _";
      program = await start(context, "flock", ["flock", "-o", "-w", "1", lockOf(target), "-c", script]);
      return refusalIn(await program.answer());
    },
    unlock: async () => {
      program!.say("");
      await program!.exited;
    },
    kill: () => program!.kill(),
  };
};

/**
 * The idiom of shell scripts, `exec 9>lock; flock 9`: the process that the kernel names has ended, and the shell has the lock by a
 * descriptor.
 */
export const flockScript: StartLocker = async (context) => {
  let program: Program | undefined;
  return {
    get pid() {
      return program!.pid;
    },
    lock: async (target) => {
      const script = 'exec 9>>"$1"; flock -w 1 9 || exit 1; echo locked; read -r _';
      program = await start(context, "flock in a script", ["sh", "-c", script, "sh", lockOf(target)]);
      return refusalIn(await program.answer());
    },
    unlock: async () => {
      program!.say("");
      await program!.exited;
    },
    kill: () => program!.kill(),
  };
};

/** The index of a repository that is there after it. */
export function gitTarget(context: CaseContext, name: string): string {
  const repository = join(context.dir, name);
  mkdirSync(repository);
  const git = (...args: string[]): void => void execFileSync("git", args, { cwd: repository, stdio: "pipe" });
  git("init", "--quiet");
  git("config", "user.name", "Nobody");
  git("config", "user.email", "nobody@example.org");
  writeFileSync(join(repository, "file"), "1\n");
  git("add", "file");
  const hook = join(repository, ".git", "hooks", "pre-commit");
  mkdirSync(join(repository, ".git", "hooks"), { recursive: true });
  // It never lets a commit through: one would take more locks than that of the index.
  writeFileSync(hook, '#!/bin/sh\n: > "$HELD"\nwhile [ ! -e "$STOP" ]; do sleep 0.02; done\nexit 1\n');
  chmodSync(hook, 0o755);
  return join(repository, ".git", "index");
}

/** `git commit -a`, which holds the index while its hook works. */
export const git: StartLocker = async (context) => {
  let program: Program | undefined;
  let stop = "";
  return {
    get pid() {
      return program!.pid;
    },
    lock: async (target) => {
      const [held, repository] = [
        join(context.dir, `held-${context.random.integer(0, 2 ** 40)}`),
        join(target, "../.."),
      ];
      stop = `${held}.stop`;
      const command = ["env", `HELD=${held}`, `STOP=${stop}`, "git", "commit", "--all", "--message=x"];
      program = await start(context, "git", ["sh", "-c", 'exec "$@" 2>&1', "sh", ...command], repository);
      let hasEnded = false;
      void program.exited.then(() => {
        hasEnded = true;
      });
      await context.until("git has the index", () => hasEnded || isThere(held));
      return isThere(held) ? undefined : ((await program.answer()) ?? "it ended");
    },
    unlock: async () => {
      writeFileSync(stop, "");
      await program!.exited;
      rmSync(stop);
    },
    kill: () => program!.kill(),
  };
};
