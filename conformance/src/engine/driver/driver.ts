import type {
  CallOptions,
  Capability,
  Driver,
  Exit,
  GuardedCounter,
  ImplementationRef,
  Inspection,
  LockOptions,
  LoopOptions,
  LoopResult,
  OkReply,
  Reply,
} from "../case.js";
import { now, within } from "../clock.js";
import { CheckFailed, CouldNotRun } from "../failure.js";
import type { Attempt, Held, Pending, PendingAcquire } from "../operations.js";
import type { Channel } from "./channel.js";
import { Lock } from "./lock.js";
import { waitUntilStopped } from "./process-table.js";

const CALL_MS = 10_000;
const EXIT_MS = 5_000;
const ACQUIRE_MS = 10_000;

/** What a driver needs of the case it works for. */
export interface Session {
  readonly scale: number;
  check(id: string, ok: boolean, message: string | (() => string)): void;
  activity(driver: Driver, target: string, label: string): { end(): void };
  looped(result: LoopResult): void;
  log(event: string, details?: Readonly<Record<string, unknown>>): void;
}

export interface Hello {
  readonly name: string;
  readonly version: string;
  readonly language: string;
  readonly platform: string;
  readonly pid: number;
  readonly capabilities: readonly Capability[];
}

export class RunningDriver implements Driver {
  /** Handles that the driver was given and has not given up. */
  readonly handles = new Set<string>();
  /** What it was told that a later case would not expect. */
  altered = false;
  hello!: Hello;
  osPid = 0;
  session!: Session;

  private handleCount = 0;
  private readonly armed = new Map<string, "stop" | "kill">();
  private readonly arrived: string[] = [];
  private readonly awaited: { point: string; resolve: () => void }[] = [];

  constructor(
    readonly implementation: ImplementationRef,
    readonly channel: Channel,
  ) {}

  get name(): string {
    return this.channel.name;
  }

  get pid(): number {
    return this.hello.pid;
  }

  get alive(): boolean {
    return this.channel.child.exit === undefined && this.channel.broken === undefined;
  }

  get exited(): Promise<Exit> {
    return this.channel.child.exited;
  }

  get stderrTail(): readonly string[] {
    return this.channel.child.stderrTail;
  }

  /** Nothing is under way or held, and nothing was changed: another case may have it. */
  get idle(): boolean {
    const busy = this.channel.outstanding > 0 || this.handles.size > 0 || this.channel.stopped || this.channel.ending;
    return this.alive && !busy && !this.altered;
  }

  has(capability: Capability): boolean {
    return this.implementation.capabilities.has(capability);
  }

  start(verb: string, fields: object = {}, options: CallOptions = {}): Pending {
    const { id, reply } = this.channel.request(verb, fields, (options.timeoutMs ?? CALL_MS) * this.session.scale);
    const pending = { id, reply, settled: false };
    const settle = (): void => {
      pending.settled = true;
    };
    reply.then(settle, settle);
    return pending;
  }

  async call(verb: string, fields: object = {}, options: CallOptions = {}): Promise<Reply> {
    const reply = await this.start(verb, fields, options).reply;
    if (reply === undefined) throw new CouldNotRun(`${this.name} was ended by the case before it could answer ${verb}`);
    return reply;
  }

  async ask(verb: string, fields: object = {}, options: CallOptions = {}): Promise<OkReply> {
    return this.accepted(verb, await this.call(verb, fields, options));
  }

  /** Fails the case where a reply is a refusal. */
  accepted(verb: string, reply: Reply): OkReply {
    if (reply.status === "ok") return reply;
    const check = `${verb}-refused`;
    const message = `${this.name} refused ${verb}: ${reply.code}: ${reply.error?.message ?? "no message"}`;
    this.session.check(check, false, message);
    throw new CheckFailed(check, message);
  }

  async acquire(target: string, options: LockOptions = {}, call: CallOptions = {}): Promise<Held> {
    const pending = this.startAcquire(target, options, call);
    const attempt = await pending.result;
    if (attempt.status === "acquired") return attempt.held;
    if (attempt.status === "refused") this.accepted("acquire", attempt);
    throw new CouldNotRun(`${this.name} was ended by the case before it could answer acquire`);
  }

  tryAcquire(target: string, options: LockOptions = {}, call: CallOptions = {}): Promise<Attempt> {
    return this.startAcquire(target, options, call).result;
  }

  startAcquire(target: string, options: LockOptions = {}, call: CallOptions = {}): PendingAcquire {
    const handle = `${this.name}/${++this.handleCount}`;
    const own =
      Number.isFinite(options.timeoutMs) && options.timeoutMs! > 0 ? Math.min(options.timeoutMs!, 3_600_000) : 0;
    const limit = call.timeoutMs ?? ACQUIRE_MS + (options.timeoutMs === undefined ? CALL_MS : own);
    const pending = this.start("acquire", { target, handle, options }, { timeoutMs: limit });
    const result = pending.reply.then((reply): Attempt => {
      if (reply === undefined) return { status: "ended" };
      if (reply.status === "refused") return reply;
      return { status: "acquired", held: new Lock(this, handle, target, reply) };
    });
    result.catch(() => {});
    return {
      id: pending.id,
      result,
      get settled() {
        return pending.settled;
      },
      cancel: async () => {
        await this.ask("cancel", { request: pending.id });
        return result;
      },
    };
  }

  async inspect(target: string): Promise<Inspection> {
    const { state } = await this.ask("inspect", { target });
    return { reason: null, conclusive: false, holder: null, ...(state as object) } as Inspection;
  }

  async loop(
    target: string,
    { counter, log }: GuardedCounter,
    { rounds, holdMs, options = {} }: LoopOptions,
    call: CallOptions = {},
  ): Promise<LoopResult | undefined> {
    const activity = this.session.activity(this, target, `loop of ${rounds}`);
    try {
      const fields = { target, counter, log, rounds, holdMs, options };
      const reply = await this.start("loop", fields, { timeoutMs: call.timeoutMs ?? 60_000 }).reply;
      if (reply === undefined) return undefined;
      const result = this.accepted("loop", reply) as unknown as LoopResult;
      this.session.looped(result);
      return result;
    } finally {
      activity.end();
    }
  }

  async arm(point: string, action: "stop" | "kill", nth = 1): Promise<void> {
    this.altered = true;
    this.armed.set(point, action);
    if (action === "kill") this.channel.ending = true;
    await this.ask("arm", { point, action, nth });
  }

  /** Called by the channel. */
  pointReached(point: string): void {
    const action = this.armed.get(point);
    if (action === undefined) {
      this.channel.fail("unexpected-event", `reported the point ${point}, where nothing was armed`);
      return;
    }
    if (action === "stop") this.channel.stopped = true;
    else this.channel.observer.ending(this.name, "kill", this.channel.lastKnownAlive);
    this.channel.observer.reached(this.name, point);
    const index = this.awaited.findIndex((waiter) => waiter.point === point);
    if (index === -1) this.arrived.push(point);
    else this.awaited.splice(index, 1)[0]!.resolve();
  }

  async nextEvent(point: string, options: CallOptions = {}): Promise<void> {
    const limit = (options.timeoutMs ?? CALL_MS) * this.session.scale;
    const early = this.arrived.indexOf(point);
    if (early !== -1) this.arrived.splice(early, 1);
    else {
      const arrival = new Promise<true>((resolve) => {
        this.awaited.push({ point, resolve: () => resolve(true) });
      });
      const gone = this.exited.then(() => (this.channel.broken === undefined ? "exited" : "broken"));
      const outcome = await within(Promise.race([arrival, gone]), limit);
      // The line may have been read together with the end.
      if (outcome !== true && !this.arrived.includes(point)) {
        if (this.channel.broken !== undefined) throw this.channel.broken;
        const why = outcome === undefined ? `within ${Math.round(limit)} ms` : "before it ended";
        throw this.channel.fail("timeout", `did not reach ${point} ${why}`);
      }
    }
    if (this.armed.get(point) === "kill") {
      if ((await within(this.exited, limit)) === undefined) {
        throw this.channel.fail("ignores-signal", `said that it reached ${point} and would kill itself, but lives`);
      }
    } else if (!(await waitUntilStopped(this.osPid, limit))) {
      throw this.channel.fail("ignores-signal", `said that it reached ${point} and would stop, but goes on`);
    }
  }

  doom(): void {
    this.altered = true;
    this.channel.ending = true;
  }

  async stop(): Promise<void> {
    this.channel.stopped = true;
    this.altered = true;
    this.session.log("stop", { driver: this.name });
    process.kill(this.osPid, "SIGSTOP");
    if (!(await waitUntilStopped(this.osPid, CALL_MS * this.session.scale))) {
      throw this.channel.fail("ignores-signal", "was stopped, but goes on");
    }
  }

  cont(): void {
    this.session.log("cont", { driver: this.name });
    this.channel.stopped = false;
    process.kill(this.osPid, "SIGCONT");
    this.channel.child.wake();
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<Exit> {
    if (this.channel.child.exit !== undefined) return this.channel.child.exit;
    this.channel.ending = true;
    this.handles.clear();
    this.channel.observer.ending(this.name, "kill", now());
    try {
      process.kill(this.osPid, signal);
    } catch (error) {
      // What the case has set up was faster.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    if (signal === "SIGKILL") this.channel.child.wake();
    else if (this.channel.stopped) this.cont();
    return this.waitForExit("ignores-signal", `did not end on ${signal}`);
  }

  async bye(): Promise<Exit> {
    this.channel.ending = true;
    this.handles.clear();
    this.channel.observer.ending(this.name, "bye", now());
    await this.call("bye");
    const exit = await this.waitForExit("ignores-bye", "answered bye, but did not exit");
    if (exit.status !== 0) {
      const how = exit.signal ?? `status ${exit.status}`;
      throw this.channel.fail("exit-status", `ended with ${how} after bye, where status 0 was due`);
    }
    return exit;
  }

  async endInput(): Promise<Exit> {
    this.channel.ending = true;
    this.handles.clear();
    this.channel.observer.ending(this.name, "end-of-input", now());
    this.channel.child.endInput();
    const limit = EXIT_MS * this.session.scale;
    const exit = await within(this.exited, limit);
    if (exit !== undefined) return exit;
    process.kill(this.osPid, "SIGTERM");
    if ((await within(this.exited, limit)) !== undefined) {
      throw this.channel.fail("ignores-end-of-input", `did not exit within ${limit} ms of the end of its input`);
    }
    throw this.channel.fail("ignores-sigterm", "ended neither at the end of its input nor on SIGTERM");
  }

  private async waitForExit(kind: "ignores-signal" | "ignores-bye", message: string): Promise<Exit> {
    const exit = await within(this.exited, EXIT_MS * this.session.scale);
    if (exit !== undefined) return exit;
    throw this.channel.fail(kind, `${message} within ${EXIT_MS * this.session.scale} ms`);
  }
}
