import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Driver, ImplementationRef, LoopResult, OkReply, Reply, SpawnOptions } from "../case.js";
import { within } from "../clock.js";
import type { RunningDriver, Session } from "../driver/driver.js";
import type { DriverFault } from "../driver/fault.js";
import type { Observer, Sent } from "../driver/observer.js";
import { attach, startDriver } from "../driver/start.js";
import { holds } from "../driver/tracking.js";
import { CouldNotRun } from "../failure.js";
import { ByteCheck, type Crowd, type Party } from "../judge/bytes.js";
import { findLeftovers } from "../judge/leftovers.js";
import { parse } from "../judge/payload.js";
import { Planted, readSafely } from "../judge/planted.js";
import { CaseReferee, type Directory } from "../judge/referee.js";
import { Makers } from "../judge/witnesses.js";
import { EventLog } from "./event-log.js";
import type { Findings } from "./findings.js";
import type { DriverPool } from "./pool.js";
import { withoutSecrets } from "./secrets.js";

export interface SessionOptions {
  readonly dir: string;
  readonly scale: number;
  readonly pool: DriverPool;
  readonly findings: Findings;
  readonly team: readonly ImplementationRef[];
  readonly refusalsOnly: boolean;
}

const LOOK_MS = 20;
const END_MS = 10_000;

/** The drivers of one case: starts them, hears all that they say, and passes it to the referee and the byte check. */
export class CaseSession implements Session, Observer, Directory, Crowd {
  readonly events: EventLog;
  readonly planted = new Planted();
  readonly excused = new Set<string>();
  readonly referee: CaseReferee;
  readonly bytes: ByteCheck;
  readonly drivers: RunningDriver[] = [];
  readonly notes: string[] = [];
  /** Rejects at the first fault: what a case is then waiting for may never come. */
  readonly broken: Promise<never>;

  private break!: (fault: DriverFault) => void;
  private readonly names = new Map<string, ImplementationRef>();
  private readonly folders = new Map<string, string>();
  private readonly parties = new Map<number, Party[]>();
  private readonly makers = new Makers();
  private readonly killed = new Set<number>();
  /** By name: inside containers several have one pid. */
  private readonly dead = new Set<string>();
  private peersKilled = false;
  private looking: NodeJS.Timeout | undefined;
  private loops = 0;
  private over = false;

  constructor(private readonly options: SessionOptions) {
    const report = (id: string, ok: boolean, message: string): void => this.check(id, ok, message);
    this.events = new EventLog((text) => options.findings.stable(text));
    this.referee = new CaseReferee(this, report, options.refusalsOnly);
    this.bytes = new ByteCheck(options.dir, this.planted, this, report);
    this.broken = new Promise((_resolve, reject) => {
      this.break = reject;
    });
    this.broken.catch(() => {});
  }

  get scale(): number {
    return this.options.scale;
  }

  get hasPeers(): boolean {
    return this.drivers.some((driver) => driver.implementation.kind === "peer");
  }

  async spawn(implementation: ImplementationRef, options?: SpawnOptions): Promise<Driver> {
    const number = [...this.names.values()].filter((other) => other.name === implementation.name).length + 1;
    const name = `${implementation.name}#${number}`;
    this.names.set(name, implementation);
    this.folders.set(name, options?.cwd ?? process.cwd());
    const pooled = options === undefined ? this.options.pool.take(implementation) : undefined;
    if (pooled !== undefined) {
      pooled.channel.name = name;
      attach(pooled, this, this);
    }
    const driver = pooled ?? (await startDriver(name, implementation, options ?? {}, this, this));
    if (this.over) {
      // The case ended while it started: nobody else would put it away.
      driver.channel.child.destroy();
      throw new CouldNotRun(`the case was over before ${name} had started`);
    }
    if (options !== undefined) driver.altered = true;
    this.drivers.push(driver);
    this.introduce(driver.pid, { name, isPeer: implementation.kind === "peer" });
    this.log("joined", { driver: name, pid: driver.pid, reused: pooled !== undefined });
    return driver;
  }

  // Session

  check(id: string, ok: boolean, message: string | (() => string)): void {
    const before = this.options.findings.failures.length;
    this.options.findings.record(id, ok, message);
    const failure = this.options.findings.failures[before];
    if (failure !== undefined) this.log("FAILED", { check: id, message: failure.message });
  }

  activity(driver: Driver, target: string, label: string): { end(): void } {
    const activity = this.referee.activity(driver, target, label);
    this.loops += 1;
    // Nobody acknowledges in a loop: whatever can be caught of the bytes is.
    this.looking ??= setInterval(() => this.bytes.look(), LOOK_MS);
    return {
      end: () => {
        activity.end();
        this.loops -= 1;
        if (this.loops === 0) this.stopLooking();
      },
    };
  }

  looped({ completed }: LoopResult): void {
    this.referee.looped(completed);
  }

  log(event: string, details?: Readonly<Record<string, unknown>>): void {
    this.events.add(event, details);
    const driver = String(details?.["driver"]);
    if (event === "stop" || event === "cont") this.referee.mark(driver, event);
  }

  // Observer

  sending(driver: string, request: Sent): void {
    this.log("request", { driver, id: request.id, ...withoutSecrets(request.verb, request.fields) });
    this.referee.sending(driver, request);
  }

  answered(driver: string, request: Sent, reply: Reply): void {
    this.referee.answered(driver, request, reply);
    this.log("reply", { driver, ...withoutSecrets(request.verb, reply) });
    if (reply.status !== "ok") return;
    if (holds(request, reply)) {
      this.checkWitness(driver, reply);
      this.bytes.look();
      this.bytes.lookAt(String(reply["lockPath"]));
    }
    if (request.verb === "chdir")
      this.folders.set(driver, resolve(this.folderOf(driver), String(request.fields["path"])));
  }

  reached(driver: string, point: string): void {
    this.log("point", { driver, point });
    this.referee.reached(driver, point);
    this.bytes.look();
  }

  ending(driver: string, how: "kill" | "bye" | "exit" | "end-of-input", at: number): void {
    // Those that the engine puts away at the end are no kills of the case.
    const first = this.referee.ending(driver, this.over && how === "kill" ? "exit" : how, at);
    if (!first) return;
    if (how === "kill" || how === "exit") this.died(driver);
    this.log("ending", { driver, how });
  }

  fault(fault: DriverFault): void {
    if (fault.preventsRunning) this.options.findings.prevent(fault.message);
    else this.check(fault.check, false, fault.message);
    this.log("FAULT", { driver: fault.driver, kind: fault.kind, message: fault.message });
    this.break(fault);
  }

  // Directory and Crowd

  introduce(pid: number, party: Party): void {
    this.parties.set(pid, [...(this.parties.get(pid) ?? []), party]);
  }

  implementationOf(driver: string): string {
    return this.names.get(driver)?.name ?? driver;
  }

  lockOf(driver: string, target: string): string {
    // Dots are taken out by name, before links are followed (PATH-1).
    const path = resolve(this.folderOf(driver), target);
    try {
      return join(realpathSync(dirname(path)), basename(path));
    } catch {
      return path;
    }
  }

  partyOf(pid: unknown, isPeers: boolean): Party | undefined {
    const those = this.parties.get(Number(pid)) ?? [];
    return those.findLast(({ isPeer }) => isPeer === isPeers) ?? those.at(-1);
  }

  isExcused(path: string): boolean {
    return this.excused.has(path);
  }

  // The end

  /** Lets go of every driver: to the pool, by a clean end, or where the case has failed by force. */
  async dismiss(clean: boolean): Promise<void> {
    this.over = true;
    this.stopLooking();
    await Promise.all(this.drivers.map((driver) => this.dismissOne(driver, clean)));
  }

  private async dismissOne(driver: RunningDriver, clean: boolean): Promise<void> {
    if (clean && this.options.pool.give(driver)) return;
    try {
      const { channel } = driver;
      const busy = channel.outstanding > 0 || driver.handles.size > 0 || channel.stopped || channel.ending;
      if (clean && driver.alive && !busy) await driver.bye();
      else if (driver.alive) await driver.kill();
    } catch (error) {
      this.log("not dismissed", { driver: driver.name, error: String(error) });
    } finally {
      driver.channel.child.destroy();
      await within(driver.exited, END_MS);
    }
  }

  async checkLeftovers(): Promise<void> {
    const named = (driver: string): RunningDriver | undefined => this.drivers.find(({ name }) => name === driver);
    const makersOf = (witness: string): RunningDriver[] => {
      const maker = named(this.makers.of(witness) ?? "");
      return maker === undefined
        ? this.drivers.filter(({ implementation }) => implementation.kind !== "peer")
        : [maker];
    };
    const left = await findLeftovers(this.options.dir, this.planted, this.excused, {
      killed: this.killed,
      peersKilled: this.peersKilled,
      livesOn: (witness) => makersOf(witness).some(({ alive }) => alive),
      mayHaveLeft: (witness) =>
        makersOf(witness).some((driver) => this.dead.has(driver.name) || (!driver.alive && !driver.has("exit-hook"))),
    });
    for (const complaint of left) this.check("leftovers/file", false, complaint);
  }

  /** What the driver says of its witness is what its lock says. */
  private checkWitness(driver: string, reply: OkReply): void {
    const lockPath = String(reply["lockPath"]);
    const payload = parse(readSafely(lockPath)?.bytes.toString("utf8") ?? "");
    const said = reply["witness"] ?? null;
    if (typeof said === "string") this.makers.add(join(dirname(lockPath), said), driver);
    if (payload === undefined || reply["witness"] === undefined) return;
    const written = payload["witness"] ?? null;
    const isTrue = said === written || payload["token"] !== reply["token"];
    this.check("bytes/witness", isTrue, () => `${driver} says that its witness is ${said}, its lock says ${written}`);
  }

  private died(name: string): void {
    const driver = this.drivers.find((one) => one.name === name);
    if (driver === undefined) return;
    this.killed.add(driver.pid);
    this.dead.add(name);
    if (driver.implementation.kind === "peer") this.peersKilled = true;
  }

  private folderOf(driver: string): string {
    return this.folders.get(driver) ?? process.cwd();
  }

  private stopLooking(): void {
    clearInterval(this.looking);
    this.looking = undefined;
  }
}
