import { readFileSync } from "node:fs";
import type { CaseContext, Driver, GuardedCounter, LockOptions, SpawnOptions } from "../../engine/case.js";
import { CONTAINER, type Container, firstProcess } from "./containers.js";
import { helpers } from "./team.js";

/** A file that the crowd counts in. */
export interface Post {
  readonly target: string;
  readonly counter: GuardedCounter;
}

const ENDLESS = 1_000_000_000;
const LOOP_LIMIT_MS = 900_000;

/** One process after another at the same place: each loops on the post until it is killed. */
export class Seat {
  private driver: Driver | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private thaw: NodeJS.Timeout | undefined;

  constructor(
    private readonly context: CaseContext,
    private readonly post: Post,
    private readonly place: () => SpawnOptions,
    private readonly options: LockOptions,
  ) {}

  async fill(): Promise<void> {
    const { random } = this.context;
    const driver = await this.context.spawn(random.pick(helpers(this.context)), this.place());
    const { target, counter } = this.post;
    const loop = { rounds: ENDLESS, holdMs: random.integer(0, 3), options: this.options };
    this.driver = driver;
    this.running = driver.loop(target, counter, loop, { timeoutMs: LOOP_LIMIT_MS });
  }

  /** Whatever it is doing, running or standing still. */
  async kill(): Promise<void> {
    clearTimeout(this.thaw);
    await this.driver?.kill();
    await this.running;
    this.driver = undefined;
  }

  /** Stands still for a while. */
  async freeze(ms: number): Promise<void> {
    const { driver } = this;
    if (driver === undefined) return;
    clearTimeout(this.thaw);
    await driver.stop();
    this.thaw = setTimeout(() => {
      if (driver.alive) driver.cont();
    }, ms);
  }
}

/** A container that can be started again, with the seats in it. */
export class Room {
  readonly seats: Seat[] = [];
  private container: Container | undefined;

  constructor(private readonly context: CaseContext) {}

  get place(): SpawnOptions {
    return this.container?.enter ?? CONTAINER;
  }

  async open(): Promise<void> {
    this.container = await firstProcess(this.context);
    await Promise.all(this.seats.map((seat) => seat.fill()));
  }

  async restart(): Promise<void> {
    await Promise.all(this.seats.map((seat) => seat.kill()));
    await this.container?.end();
    await this.open();
  }
}

/** The longest time for which one of the numbers stood still. */
export function watchProgress(context: CaseContext, posts: readonly Post[]): { longestStandstillMs(): number } {
  const seen = posts.map(({ counter }) => ({ counter, value: "0", since: performance.now() }));
  let longest = 0;
  const look = (): void => {
    for (const one of seen) {
      const value = readFileSync(one.counter.counter, "utf8");
      const now = performance.now();
      longest = Math.max(longest, now - one.since);
      if (value !== one.value) Object.assign(one, { value, since: now });
    }
  };
  const timer = setInterval(look, 100);
  context.cleanup(() => clearInterval(timer));
  return {
    longestStandstillMs: () => {
      look();
      clearInterval(timer);
      return longest;
    },
  };
}
