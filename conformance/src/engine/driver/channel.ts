import type { Exit, ImplementationRef, Reply, SpawnOptions } from "../case.js";
import { now } from "../clock.js";
import { Child } from "./child.js";
import { DriverFault, excerpt, type FaultKind } from "./fault.js";
import { LineSplitter, MAX_LINE_BYTES } from "./lines.js";
import type { Observer, Sent } from "./observer.js";
import { checkEvent, checkReply, checkRequest, knowsVerb } from "./schema.js";

interface Waiting extends Sent {
  readonly limitMs: number;
  readonly sentAt: number;
  readonly resolve: (reply: Reply | undefined) => void;
  readonly reject: (fault: Error) => void;
  timer?: NodeJS.Timeout;
}

export interface Request {
  readonly id: number;
  /** Undefined when the case ended the process before the reply came. */
  readonly reply: Promise<Reply | undefined>;
}

/** The version of `spec/driver.md` that this suite speaks. */
export const DRIVER_PROTOCOL = 1;

/** What JSON cannot write goes over as a string, `spec/driver.md`. */
const writable = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

/** Requests and replies over one process. The first thing that is wrong breaks it for good. */
export class Channel {
  readonly child: Child;
  /** While the case has stopped the process, silence is no fault. */
  stopped = false;
  /** The case wants the process to end. */
  ending = false;
  /** It has said hello, rightly. */
  greeted = false;
  broken: DriverFault | undefined;
  /**
   * The process certainly lived at this time: it has answered what was asked then. A line alone proves less, since it may
   * be read long after its writer has died.
   */
  lastKnownAlive = 0;

  private nextId = 1;
  private readonly waiting = new Map<number, Waiting>();

  constructor(
    /** As the case that it works for calls it. */
    public name: string,
    implementation: ImplementationRef,
    options: SpawnOptions,
    public observer: Observer,
    private readonly event: (point: string) => void,
  ) {
    const splitter = new LineSplitter(
      (line) => this.line(line),
      (fault) => {
        if (fault === "too-long") this.fail("too-long", `printed a line of more than ${MAX_LINE_BYTES} bytes`);
        else this.fail("garbage", "printed a line that is not UTF-8");
      },
    );
    this.child = new Child(implementation, options, (chunk) => splitter.push(chunk));
    void this.child.exited.then((exit) => this.ended(exit, splitter.remainder));
  }

  get outstanding(): number {
    return this.waiting.size;
  }

  request(verb: string, fields: object, limitMs: number): Request {
    const id = this.nextId++;
    const message = { id, verb, ...fields };
    const text = JSON.stringify(message, writable);
    const sent: Sent = { id, verb, fields: JSON.parse(text) as Record<string, unknown> };
    const wrong = knowsVerb(verb) ? checkRequest(verb, sent.fields) : undefined;
    if (wrong !== undefined) throw new Error(`the suite itself wrote a wrong ${verb} request: ${wrong}`);

    const reply = new Promise<Reply | undefined>((resolve, reject) => {
      if (this.broken !== undefined) return reject(this.broken);
      if (this.child.exit !== undefined) return resolve(undefined);
      // Entered before it is written: a fast driver may have answered by the time `write` returns.
      const waiting: Waiting = { ...sent, limitMs, sentAt: now(), resolve, reject };
      this.waiting.set(id, waiting);
      this.limit(waiting);
      this.observer.sending(this.name, sent);
      this.child.write(`${text}\n`);
    });
    // Whoever awaits it sees the failure; nobody need await it.
    reply.catch(() => {});
    return { id, reply };
  }

  fail(kind: FaultKind, message: string): DriverFault {
    const fault = new DriverFault(
      this.name,
      kind,
      `${this.name} ${message}`,
      [...this.child.stderrTail],
      !this.greeted,
    );
    if (this.broken !== undefined) return this.broken;
    this.broken = fault;
    this.observer.ending(this.name, "exit", this.lastKnownAlive);
    this.observer.fault(fault);
    this.settle((waiting) => waiting.reject(fault));
    this.child.destroy();
    return fault;
  }

  private limit(waiting: Waiting): void {
    waiting.timer = setTimeout(() => {
      if (this.stopped) return this.limit(waiting);
      this.fail(
        "timeout",
        `did not answer ${waiting.verb} (id ${waiting.id}) within ${Math.round(waiting.limitMs)} ms`,
      );
    }, waiting.limitMs);
  }

  private settle(how: (waiting: Waiting) => void): void {
    for (const waiting of this.waiting.values()) {
      clearTimeout(waiting.timer);
      how(waiting);
    }
    this.waiting.clear();
  }

  private line(text: string): void {
    if (this.broken !== undefined) return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.fail("garbage", `printed a line that is not JSON: ${excerpt(text)}`);
      return;
    }
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      this.fail("garbage", `printed a line that is not a JSON object: ${excerpt(text)}`);
    } else if ("event" in message) this.receiveEvent(message);
    else this.receiveReply(message as { id?: unknown; status?: unknown }, text);
  }

  private receiveEvent(message: object): void {
    const wrong = checkEvent(message);
    if (wrong !== undefined) this.fail("schema", `sent a wrong event: ${wrong}`);
    else this.event((message as { point: string }).point);
  }

  private receiveReply(message: { id?: unknown; status?: unknown }, text: string): void {
    const { id } = message;
    if (typeof id !== "number" || !this.waiting.has(id)) {
      const known = typeof id === "number" && Number.isInteger(id) && id >= 1 && id < this.nextId;
      if (known) this.fail("repeated-id", `answered id ${id} twice: ${excerpt(text)}`);
      else this.fail("unknown-id", `answered id ${excerpt(String(id), 40)}, which was never asked: ${excerpt(text)}`);
      return;
    }
    const waiting = this.waiting.get(id)!;
    const protocol = (message as { protocol?: unknown }).protocol;
    if (waiting.verb === "hello" && typeof protocol === "number" && protocol !== DRIVER_PROTOCOL) {
      this.fail("version", `speaks version ${protocol} of the driver protocol; this suite speaks ${DRIVER_PROTOCOL}`);
      return;
    }
    const wrong = checkReply(waiting.verb, message);
    if (wrong !== undefined) {
      this.fail(
        waiting.verb === "hello" ? "hello" : "schema",
        `sent a wrong reply to ${waiting.verb}: ${wrong} in ${excerpt(text)}`,
      );
      return;
    }
    if (message.status === "error") {
      const said = excerpt(String((message as { message?: unknown }).message), 500);
      if (waiting.verb !== "hello" && !knowsVerb(waiting.verb)) {
        this.finish(waiting, { status: "refused", code: "unknown-verb", error: { message: said } });
      } else this.fail("error", `broke down in ${waiting.verb}: ${said}`);
      return;
    }
    this.finish(waiting, message as Reply);
  }

  private finish(waiting: Waiting, reply: Reply): void {
    this.waiting.delete(waiting.id);
    clearTimeout(waiting.timer);
    this.lastKnownAlive = Math.max(this.lastKnownAlive, waiting.sentAt);
    this.observer.answered(this.name, waiting, reply);
    waiting.resolve(reply);
  }

  private ended(exit: Exit, remainder: string): void {
    const how = exit.signal === null ? `status ${exit.status}` : exit.signal;
    this.observer.log("exited", { driver: this.name, how });
    if (!this.ending && this.broken === undefined) {
      const cut = remainder === "" ? "" : `, in the middle of a line: ${excerpt(remainder)}`;
      const asked = [...this.waiting.values()].map((waiting) => waiting.verb).join(", ");
      this.fail("exited", `ended by itself (${how})${asked === "" ? "" : ` while it was asked for ${asked}`}${cut}`);
    }
    this.observer.ending(this.name, "exit", this.lastKnownAlive);
    this.settle((waiting) => waiting.resolve(undefined));
  }
}
