import { readFileSync } from "node:fs";
import type { Driver, Held, RefusedReply } from "../../engine/case.js";
import type { Life } from "./events.js";
import type { Post } from "./post.js";

/** What a process does all the time. */
export interface Worker {
  /** Settles when it has ended; fails when something was wrong. */
  readonly done: Promise<void>;
  /** The process may be ended from outside now, by whoever has awaited this. */
  ready(): Promise<void>;
}

const ENDLESS = 1_000_000_000;
const LOOP_LIMIT_MS = 7_200_000;
const PEERS_ROUNDS = 10;

/** Counts by itself, so that it can be killed between any two steps of its own. */
export class Looper implements Worker {
  readonly done: Promise<void>;

  constructor(post: Post, driver: Driver, life: Life) {
    const loop = { rounds: ENDLESS, holdMs: life.holdMs, options: post.options(life) };
    const looping = driver.loop(post.target, post.counter, loop, { timeoutMs: LOOP_LIMIT_MS });
    this.done = looping.then(() => {});
    this.done.catch(() => {});
  }

  async ready(): Promise<void> {}
}

/** OpenClaw's own code, which is never ended in the middle. */
export class Peer implements Worker {
  readonly done: Promise<void>;
  private isEnough = false;

  constructor(post: Post, driver: Driver, life: Life) {
    this.done = this.work(post, driver, life);
    this.done.catch(() => {});
  }

  ready(): Promise<void> {
    this.isEnough = true;
    return this.done;
  }

  private async work(post: Post, driver: Driver, life: Life): Promise<void> {
    const { timeoutMs } = post.options(life);
    const loop = { rounds: PEERS_ROUNDS, holdMs: life.holdMs, options: { timeoutMs: timeoutMs! * 2 } };
    while (!this.isEnough) await driver.loop(post.target, post.counter, loop, { timeoutMs: LOOP_LIMIT_MS });
  }
}

/** What a system call that failed may be told as. */
const TYPED = ["file_lock_io", "file_lock_permission", "file_lock_unsupported"];

/** Asks for each hold, so that the referee knows of it, and tries again what an injected error has refused. */
export class Caller implements Worker {
  readonly done: Promise<void>;
  /** Holds that were taken and released. */
  rounds = 0;
  private disturbed = false;
  private calmSince = 0;
  private summons: (() => void) | undefined;

  constructor(
    private readonly post: Post,
    private readonly driver: Driver,
    private readonly life: Life,
  ) {
    this.done = this.work();
    this.done.catch(() => {});
  }

  /** It holds, and will not release: while it asks, nobody could tell whether it has got the lock before it dies. */
  ready(): Promise<void> {
    const held = new Promise<void>((resolve) => {
      this.summons = resolve;
    });
    return Promise.race([held, this.done]);
  }

  /** From now on its system calls may fail. */
  disturb(): void {
    this.disturbed = true;
  }

  /** They succeed again, and so must it. */
  async recover(): Promise<void> {
    this.disturbed = false;
    this.calmSince = performance.now();
    // One round may have begun before.
    const { rounds } = this;
    const works = this.post.context.until("it works again", () => this.rounds >= rounds + 2, 30_000);
    await Promise.race([works, this.done]);
  }

  private async work(): Promise<void> {
    const { target, context } = this.post;
    for (;;) {
      const from = performance.now();
      const attempt = await this.driver.tryAcquire(target, this.post.options(this.life));
      if (attempt.status === "ended") return;
      if (attempt.status === "refused") {
        this.allow("acquire", attempt, from);
        await context.sleep(1);
        continue;
      }
      this.post.tally.waited(attempt.held.waitedMs);
      if (this.summons !== undefined) return this.summons();
      if (!(await this.hold(attempt.held))) return;
      this.rounds += 1;
      await context.sleep(this.life.holdMs);
    }
  }

  /** False when it has died of it. */
  private async hold(held: Held): Promise<boolean> {
    const { context, counter } = this.post;
    const number = (): string => readFileSync(counter.counter, "utf8");
    const before = number();
    await context.sleep(this.life.holdMs);
    const after = number();
    if (!(await this.release(held))) return false;
    context.check("alone", before === after, () => {
      return `while ${this.driver.name} held ${held.lockPath} somebody counted from ${before} to ${after}`;
    });
    return true;
  }

  private async release({ handle }: Held): Promise<boolean> {
    for (;;) {
      const from = performance.now();
      const reply = await this.driver.start("release", { handle }).reply;
      if (reply === undefined) return false;
      if (reply.status === "ok") return true;
      this.allow("release", reply, from);
      await this.post.context.sleep(1);
    }
  }

  private allow(verb: string, { code, error }: RefusedReply, from: number): void {
    const isDisturbed = this.disturbed || from <= this.calmSince;
    this.post.context.require(`${verb}-refused`, isDisturbed && TYPED.includes(code), () => {
      const when = isDisturbed ? "while its system calls failed" : "although nothing was in its way";
      return `${this.driver.name} was refused ${verb} ${when}: ${code}: ${error.message}`;
    });
    this.post.tally.refused(code);
  }
}
