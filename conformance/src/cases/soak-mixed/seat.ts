import type { Driver, ImplementationRef } from "../../engine/case.js";
import { stateOf } from "../support/machine.js";
import { type Calls, described, type Event, type Life, type SeatKind } from "./events.js";
import type { Post } from "./post.js";
import { Tracer } from "./tracer.js";
import { Caller, Looper, Peer, type Worker } from "./workers.js";

/** How long a point or a call may take to be come to. */
const PATIENCE_MS = 700;
const POLL_MS = 2;
/** The line that announces a stop is written before it, and is read in this time. */
const LINE_MS = 30;

/** One process after another at the same place. Its events happen one after the other. */
export class Seat {
  private driver!: Driver;
  private worker!: Worker;
  private last: Promise<void> = Promise.resolve();

  constructor(
    readonly kind: SeatKind,
    private readonly post: Post,
    private readonly members: readonly ImplementationRef[],
  ) {}

  async fill(life: Life): Promise<void> {
    const { context } = this.post;
    this.driver = await context.spawn(this.members[life.member % this.members.length]!, { env: {} });
    const Work = { caller: Caller, looper: Looper, peer: Peer }[this.kind];
    this.worker = new Work(this.post, this.driver, life);
  }

  /** Once all that was to happen before has happened. */
  happen(event: Event): Promise<void> {
    const done = this.last.then(() => this.carryOut(event));
    this.last = done.catch(() => {});
    return done;
  }

  /** Nobody sits here any more. */
  async clear(): Promise<void> {
    await this.end(this.kind === "peer" ? "bye" : "kill");
  }

  private async carryOut(event: Event): Promise<void> {
    const { context, tally } = this.post;
    if (tally.isOver) return;
    context.log("event", { driver: this.driver.name, what: described(event) });
    switch (event.kind) {
      case "kill":
        await context.sleep(event.afterMs);
        await this.killAndFill(event.next);
        break;
      case "restart":
        await context.sleep(event.afterMs);
        await this.end("bye");
        await this.fill(event.next);
        break;
      case "kill-at-point":
        await this.armed(this.driver.arm(event.point, "kill", event.nth));
        await this.dies(event.next, event.point);
        break;
      case "injected-kill":
        await this.injectKill(event.calls, event.nth, event.next);
        break;
      case "injected-errors":
        await this.injectErrors(event.calls, event.count, `error=${event.errno}:when=1+${event.step}`);
        break;
      case "stop":
        await context.sleep(event.afterMs);
        await this.driver.stop();
        await context.sleep(event.forMs);
        this.driver.cont();
        break;
      case "stop-at-point":
        await this.stopAtPoint(event.point, event.forMs, event.next);
        break;
    }
    tally.happened(event.kind);
  }

  private async end(how: "kill" | "bye"): Promise<void> {
    await this.worker.ready();
    if (this.driver.alive) this.post.cutShort += 1;
    if (how === "kill") await this.driver.kill();
    // In the middle of its loop it could not say goodbye: threads go on while the process ends.
    else if (this.kind === "looper") await this.driver.kill("SIGTERM");
    else await this.driver.bye();
    await this.worker.done;
  }

  private async killAndFill(next: Life): Promise<void> {
    await this.end("kill");
    this.post.tally.kills += 1;
    await this.fill(next);
  }

  /** It may be dead before it has answered. */
  private async armed(arming: Promise<void>): Promise<void> {
    const { driver } = this;
    try {
      await arming;
    } catch (error) {
      if (driver.alive) throw error;
    }
  }

  /** Waits for its death, and helps it along. */
  private async dies(next: Life, point?: string): Promise<void> {
    const { tally } = this.post;
    if (!(await this.soon(() => !this.driver.alive))) {
      tally.missed += 1;
      await this.killAndFill(next);
      return;
    }
    await this.worker.done;
    if (point !== undefined) tally.diedAt(point);
    tally.kills += 1;
    await this.fill(next);
  }

  private async injectKill(calls: Calls, nth: number, next: Life): Promise<void> {
    const { context, target } = this.post;
    this.driver.doom();
    this.post.cutShort += 1;
    const tracer = await Tracer.at(context, this.driver, target, calls, `signal=KILL:when=${nth}`);
    await this.soon(() => !this.driver.alive);
    await tracer.detach();
    await this.dies(next);
  }

  private async injectErrors(calls: Calls, count: number, what: string): Promise<void> {
    const { context, target, tally } = this.post;
    const caller = this.worker as Caller;
    caller.disturb();
    const tracer = await Tracer.at(context, this.driver, target, calls, what);
    if (!(await this.soon(() => tracer.injected >= count))) tally.missed += 1;
    await tracer.detach();
    tally.errors += tracer.injected;
    await caller.recover();
  }

  private async stopAtPoint(point: string, forMs: number, next: Life): Promise<void> {
    const { context, tally } = this.post;
    const arming = this.armed(this.driver.arm(point, "stop"));
    arming.catch(() => {});
    if (!(await this.soon(() => stateOf(this.driver.osPid) === "T"))) {
      tally.missed += 1;
      const filling = this.killAndFill(next);
      await this.keepAwake(filling);
      await arming;
      return;
    }
    await context.sleep(Math.max(forMs, LINE_MS));
    this.driver.cont();
    await arming;
  }

  /** It may come to the point after all, and would then never be ready to be ended. */
  private async keepAwake(ending: Promise<void>): Promise<void> {
    const { context } = this.post;
    const { driver } = this;
    let isOver = false;
    const over = ending.finally(() => {
      isOver = true;
    });
    over.catch(() => {});
    while (!isOver) {
      if (driver.alive && stateOf(driver.osPid) === "T") {
        await context.sleep(LINE_MS);
        if (driver.alive) driver.cont();
      }
      await context.sleep(POLL_MS);
    }
    await over;
  }

  private async soon(condition: () => boolean): Promise<boolean> {
    const { context } = this.post;
    const deadline = performance.now() + context.limit(PATIENCE_MS);
    while (!condition()) {
      if (performance.now() > deadline) return false;
      await context.sleep(POLL_MS);
    }
    return true;
  }
}
