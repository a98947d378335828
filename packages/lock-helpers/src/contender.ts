import { FileClock } from "./clock.js";
import { errnoOf } from "./errors.js";
import type { Scene } from "./guard.js";
import { ownPayload, type PayloadDetails } from "./identity.js";
import { type Call, systemError } from "./messages.js";
import type { Settings } from "./options.js";
import { type LockPaths, newToken } from "./paths.js";
import { serialisePayload } from "./payload.js";
import { retryAbandoned, shared } from "./shared.js";
import type { Draft } from "./sidecar.js";
import { Subject } from "./subject.js";
import { visitDirectory } from "./sweep.js";
import type { System } from "./system.js";
import { obtainWitness, type Witness, wantsWitness } from "./witness.js";

/** One call that may remove or publish something in a directory: what it sees there, and what it puts its name under. */
export class Contender implements Scene {
  readonly paths: LockPaths;
  protected readonly settings: Settings;
  protected readonly system: System;
  protected readonly call: Call;
  protected waitedMs = (): number => 0;
  readonly #clock: FileClock;
  readonly #dev: string;
  readonly #subjects = new Map<string, Subject>();

  constructor(paths: LockPaths, settings: Settings, system: System) {
    this.paths = paths;
    this.settings = settings;
    this.system = system;
    this.call = { target: paths.target, lockPath: paths.lockPath, waitedMs: () => this.waitedMs() };
    this.#clock = new FileClock(paths.directory);
    retryAbandoned();
    this.#dev = this.calling(paths.directory, () => visitDirectory(paths.directory, this.#clock));
  }

  subject(path: string): Subject {
    let subject = this.#subjects.get(path);
    if (!subject) {
      subject = new Subject(path, this.#clock, this.system, this.settings);
      this.#subjects.set(path, subject);
    }
    return subject;
  }

  /** Our payload for one publication. The witness that it names is made first (WITNESS-1). */
  draft(details?: PayloadDetails): Draft {
    const token = newToken();
    const witness = this.#witness();
    const bytes = serialisePayload(ownPayload(token, this.#dev, details, witness?.name));
    return { token, bytes, witness };
  }

  #witness(): Witness | undefined {
    const { witness: policy } = this.settings;
    if (!wantsWitness(policy, this.system.self())) return undefined;
    try {
      return obtainWitness(shared.witnesses, this.paths.directory);
    } catch (error) {
      if (policy === "always" || errnoOf(error) === undefined) throw error;
      return undefined;
    }
  }

  protected calling<T>(path: string, call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw systemError(this.call, error, path);
    }
  }
}
