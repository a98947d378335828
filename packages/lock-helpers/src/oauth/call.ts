import { type Adopted, Adopter } from "../adopt.js";
import { monotonic } from "../clock.js";
import { isFileLockError } from "../errors.js";
import { POLL_MAX_MS, WAIT_EVENT_MS } from "../generated/constants.js";
import type { HeldLock } from "../held.js";
import { holderOf } from "../holder.js";
import { nodeSystem } from "../identity.js";
import { point } from "../points.js";
import { holdSignals } from "../signals.js";
import type { Finding } from "../subject.js";
import { Backoff, runAsync, type Steps } from "../wait.js";
import { type Credential, isFreshTo, tokensOf } from "./credential.js";
import type { RefreshResult } from "./errors.js";
import { fenceOf } from "./fence.js";
import { fly } from "./flight.js";
import { generationOf } from "./generation.js";
import type { Aim, Ground } from "./ground.js";
import { IntentFile, type SeenIntent } from "./intent.js";
import { releaseAll, takeAll } from "./locks.js";
import type { Plan } from "./options.js";
import {
  isEndOfWait,
  lockContention,
  locksKeepGetting,
  rejectedBefore,
  sentBefore,
  unavailable,
  underWay,
} from "./outcomes.js";
import { resultOf } from "./result.js";

const SIGN_IN = "run: openclaw models auth login";
// With no time left: what has only just begun is not given up for a race that was lost.
const MOST_LATE_ROUNDS = 3;

/** One call of a refresh (REFRESH-1). */
export class RefreshCall {
  readonly #ground: Ground;
  readonly #plan: Plan;
  readonly #startedAt = monotonic();
  readonly #deadline: number;
  #first: Credential | undefined;
  #mayBeginAgain = true;
  /** What was read last without a lock. */
  #latest: Credential | undefined;

  constructor(ground: Ground, plan: Plan) {
    this.#ground = ground;
    this.#plan = plan;
    this.#deadline = this.#startedAt + plan.settings.timeoutMs;
  }

  async run(): Promise<RefreshResult> {
    this.#throwIfAborted();
    const first = await (await this.#ground.aim()).read();
    point("refresh:read");
    if (this.#isFresh(first)) return resultOf("fresh", first);
    this.#generationOf(first);
    this.#first = first;
    for (let lateRounds = 0; ; ) {
      const result = await this.#round(await this.#ground.aim());
      if (typeof result !== "string") return result;
      if (monotonic() >= this.#deadline && ++lateRounds === MOST_LATE_ROUNDS) throw this.#lateError();
      this.#throwIfAborted();
      if (result === "busy") await runAsync(pause(POLL_MAX_MS), this.#plan.settings.signal);
    }
  }

  /** Once through the locks. `again`: nothing was sent, look anew; `busy`: not at once. */
  async #round(aim: Aim): Promise<RefreshResult | "again" | "busy"> {
    const adopter = new Adopter(() => this.#tryAdopt(aim), aim.watch);
    const got = await this.#take(aim, adopter);
    if ("value" in got) return resultOf("adopted", got.value);
    try {
      point("refresh:locked");
      const now = await aim.reread();
      if (!now) return "again";
      if (this.#isFresh(now)) return resultOf("adopted", now);
      const generation = this.#generationOf(now);
      const intents = new IntentFile(aim.intents, generation, this.#plan.settings);
      const seen = await runAsync(intents.look(), this.#plan.settings.signal);
      const fate = this.#fateOf(seen);
      if (fate === "under-way") {
        releaseAll(got);
        this.#latest = now;
        return await this.#awaitOther(intents, adopter, generation);
      }
      if (fate !== "free" && fate !== "resend") throw this.#refusal(intents.path, seen);
      return await this.#fly(aim, got, generation, intents, seen);
    } finally {
      releaseAll(got);
    }
  }

  async #take(aim: Aim, adopter: Adopter<Credential>): Promise<HeldLock[] | Adopted<Credential>> {
    const { lockOptions, settings } = this.#plan;
    try {
      aim.prepare?.();
      const taking = { options: lockOptions, deadline: this.#deadline, signal: settings.signal };
      return await takeAll(aim.locks, taking, adopter);
    } catch (error) {
      if (!isFileLockError(error) || !isEndOfWait(error)) throw error;
      throw lockContention(this.#ground.name, error, this.#waitedMs());
    }
  }

  async #fly(
    aim: Aim,
    locks: HeldLock[],
    generation: string,
    intents: IntentFile,
    seen: SeenIntent,
  ): Promise<RefreshResult | "again" | "busy"> {
    const { settings } = this.#plan;
    const reserve = await aim.reserve();
    const letGo = holdSignals();
    try {
      const publishing = seen.kind === "intent" ? intents.supplant(seen.finding) : now(() => intents.publish());
      const intent = await runAsync(publishing, settings.signal);
      if (!intent) return "busy";
      const flown = await fly({
        ...{ name: this.#ground.name, aim, plan: this.#plan, generation, locks, reserve, intent },
        isFresh: (credential) => this.#isFresh(credential),
        mayBeginAgain: this.#mayBeginAgain,
      });
      if (flown === "once-more") this.#mayBeginAgain = false;
      return flown === "once-more" ? "again" : flown;
    } finally {
      reserve.discard();
      releaseAll(locks);
      letGo();
    }
  }

  /** Somebody else is refreshing it, without the locks: waits for that, and adopts. */
  async #awaitOther(
    intents: IntentFile,
    adopter: Adopter<Credential>,
    generation: string,
  ): Promise<RefreshResult | "again"> {
    const steps = this.#waitSteps(intents, adopter, generation);
    const adopted = await runAsync(steps, this.#plan.settings.signal);
    return adopted ? resultOf("adopted", adopted.value) : "again";
  }

  *#waitSteps(
    intents: IntentFile,
    adopter: Adopter<Credential>,
    generation: string,
  ): Steps<Adopted<Credential> | undefined> {
    const backoff = new Backoff();
    let toldAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      const adopted = adopter.isDue() ? yield* adopter.ask() : undefined;
      if (adopted) return adopted;
      const seen = yield* intents.look();
      // What it, or the login, has become is judged under the locks.
      if (generationOf(this.#latest) !== generation) return undefined;
      if (seen.kind !== "intent" || this.#fateOf(seen) !== "under-way") return undefined;
      const leftMs = this.#deadline - monotonic();
      const holder = holderOf(seen.finding, nodeSystem);
      if (leftMs <= 0) {
        const late = yield* adopter.ask();
        if (late) return late;
        throw underWay(this.#ground.name, intents.path, holder, this.#waitedMs());
      }
      if (monotonic() - toldAt >= WAIT_EVENT_MS) {
        toldAt = monotonic();
        const target = this.#ground.name;
        this.#plan.settings.onWait?.({ target, lockPath: intents.path, waitedMs: this.#waitedMs(), holder });
      }
      yield Math.min(backoff.next(), leftMs);
    }
  }

  // REFRESH-5.
  #fateOf(seen: SeenIntent): "free" | "resend" | "under-way" | "refused" {
    if (seen.kind === "none") return "free";
    if (seen.kind === "unreadable") return "refused";
    if (seen.state === "sent" && !seen.isDead) return "under-way";
    return this.#plan.mayResend && (seen.isDead || seen.state === "unknown") ? "resend" : "refused";
  }

  #refusal(intent: string, seen: SeenIntent): Error {
    const { name } = this.#ground;
    if (seen.kind !== "intent")
      return sentBefore(name, intent, { what: "an intent that cannot be read says that its refresh token was sent" });
    if (seen.state === "rejected") return rejectedBefore(name, intent, seen.reason);
    const holder = holderOf(seen.finding, nodeSystem);
    const who = holder.pid === undefined ? "a process" : `pid ${holder.pid}`;
    const what =
      seen.state === "sent" ? `${who}, which is dead, sent its refresh token` : `${who} sent its refresh token`;
    return sentBefore(name, intent, { what, ageMs: ageOf(seen.finding), holder });
  }

  async #tryAdopt(aim: Aim): Promise<Credential | undefined> {
    try {
      const credential = await aim.read();
      this.#latest = credential;
      return this.#isFresh(credential) ? credential : undefined;
    } catch {
      // What is torn or missing now counts when it is read under the locks.
      return undefined;
    }
  }

  #isFresh(credential: Credential): boolean {
    const { rejected, isFresh } = this.#plan;
    return isFreshTo({ first: this.#first, rejected, isFresh }, credential);
  }

  #generationOf(credential: Credential): string {
    const [refresh] = tokensOf(credential);
    if (refresh.trim() === "") throw unavailable(this.#ground.name, "there is no refresh token");
    if (fenceOf(credential))
      throw unavailable(this.#ground.name, "OpenClaw is refreshing it, or has failed to", SIGN_IN);
    const generation = generationOf(credential);
    if (generation === undefined) throw unavailable(this.#ground.name, "its tokens are not text that could be sent");
    return generation;
  }

  #lateError(): Error {
    return locksKeepGetting(this.#ground.name, this.#waitedMs());
  }

  #waitedMs(): number {
    return monotonic() - this.#startedAt;
  }

  #throwIfAborted(): void {
    const { signal } = this.#plan.settings;
    if (signal?.aborted) throw signal.reason;
  }
}

function ageOf(finding: Finding): number {
  return Math.max(0, finding.quietMs());
}

function* pause(ms: number): Steps<void> {
  yield ms;
}

// biome-ignore lint/correctness/useYield: steps that have nothing to wait for
function* now<T>(call: () => T): Steps<T> {
  return call();
}
