import type { CaseContext, Driver, LockOptions, Pending, Random, SpawnOptions } from "../../engine/case.js";
import type { Post } from "../support/crowd.js";
import { LOOP_FAULTS, pickFault } from "../support/faults.js";
import { suffering } from "../support/injection.js";
import { helpers } from "../support/team.js";
import type { Tally } from "./tally.js";

const ENDLESS = 1_000_000_000;
const LOOP_LIMIT_MS = 7_200_000;
const SUFFERING_MS = 60;
const MOST_FROZEN_MS = 700;
const REFUSALS = ["file_lock_io", "file_lock_permission", "file_lock_unsupported"];

/** Where one process after another counts in a file, until something happens to it. */
export class Place {
  private driver: Driver | undefined;
  private running: Pending | undefined;

  constructor(
    private readonly context: CaseContext,
    private readonly random: Random,
    private readonly post: Post,
    private readonly where: () => SpawnOptions,
    private readonly options: LockOptions,
    private readonly tally: Tally,
  ) {}

  async fill(): Promise<void> {
    this.driver = await this.context.spawn(this.random.pick(helpers(this.context)), this.where());
    this.count();
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.fill();
  }

  async kill(): Promise<void> {
    const { driver, running } = this;
    this.driver = undefined;
    if (driver === undefined) return;
    await driver.kill();
    this.tally.kills += 1;
    await running?.reply;
  }

  /** Killed at a system call on the lock, if it comes to one in time. */
  async killAtCall(): Promise<void> {
    const driver = this.driver!;
    driver.doom();
    await this.suffer("signal=KILL");
    await this.restart();
  }

  async freeze(): Promise<void> {
    const driver = this.driver!;
    await driver.stop();
    await this.context.sleep(this.random.integer(5, MOST_FROZEN_MS));
    driver.cont();
    this.tally.stops += 1;
  }

  /** One system call fails. The loop ends with that, typed, or goes on. */
  async error(): Promise<void> {
    const hits = await this.suffer(undefined);
    this.tally.errors += hits;
    if (!this.running!.settled) return;
    const reply = await this.running!.reply;
    if (reply?.status !== "refused") return;
    this.tally.refusals += 1;
    const isTyped = REFUSALS.includes(reply.code);
    // Where strace let go in the middle of the call, it did not write it down.
    if (hits === 0) this.tally.errors += 1;
    this.context.check("typed", isTyped, () => `a loop ended with ${reply.code}: ${reply.error.message}`);
    this.count();
  }

  private async suffer(effect: string | undefined): Promise<number> {
    const fault = pickFault(this.random, this.post.target, LOOP_FAULTS, effect);
    const { running } = this;
    const { hits } = await suffering(this.context, this.driver!, fault, async () => {
      for (let ms = 0; ms < SUFFERING_MS && !running!.settled; ms += 5) await this.context.sleep(5);
    });
    return effect === undefined ? hits.length : 0;
  }

  private count(): void {
    const { target, counter } = this.post;
    const loop = { rounds: ENDLESS, holdMs: this.random.integer(0, 2), options: this.options };
    const fields = { target, counter: counter.counter, log: counter.log, ...loop };
    this.running = this.driver!.start("loop", fields, { timeoutMs: LOOP_LIMIT_MS });
  }
}
