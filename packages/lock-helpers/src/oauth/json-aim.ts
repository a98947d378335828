import { RESERVE_BYTES } from "../generated/constants.js";
import { valueAt } from "../store/json.js";
import { edited, pathsOf, replaceBytes } from "../store/replace.js";
import { checkReplaceable } from "../store/replaceable.js";
import { snapshotSteps } from "../store/snapshot.js";
import { Temporary } from "../store/temporary.js";
import type { StoreEdit, StoreSnapshot } from "../store/types.js";
import { runAsync } from "../wait.js";
import type { Credential } from "./credential.js";
import { generationOf } from "./generation.js";
import type { Aim, Reserve, Saved, Saving } from "./ground.js";
import { unavailable } from "./outcomes.js";
import { isObject } from "./text.js";

/** A credential in a JSON store. */
export class JsonAim implements Aim {
  readonly locks: readonly string[];
  readonly intents: string;
  readonly watch: readonly string[];
  readonly #store: string;
  readonly #at: readonly string[];

  constructor(store: string, at: readonly string[], locks: readonly string[], intents: string) {
    this.#store = store;
    this.#at = at;
    this.locks = locks;
    this.intents = intents;
    this.watch = [store];
  }

  async read(): Promise<Credential> {
    const credential = this.#in(await this.#snapshot());
    if (!credential) throw unavailable(this.#store, `there is no credential at ${this.#at.join(".")}`);
    return credential;
  }

  reread(): Promise<Credential | undefined> {
    return this.read();
  }

  reserve(): Reserve {
    const { target } = pathsOf(this.#store);
    const { old } = checkReplaceable(target);
    const temporary = new Temporary(target, old);
    try {
      temporary.reserve(Number(old?.size ?? 0) + RESERVE_BYTES);
      return temporary;
    } catch (error) {
      temporary.discard();
      throw error;
    }
  }

  async save({ changes, sent, locks, reserve }: Saving): Promise<Saved> {
    const snapshot = await this.#snapshot();
    const stored = this.#in(snapshot);
    if (!stored || generationOf(stored) !== sent) return { isSaved: false, credential: stored };
    const edits = Object.entries(changes).map(([key, value]): StoreEdit => ({ at: [...this.#at, key], value: value! }));
    const bytes = edited(snapshot, edits);
    if (!bytes.equals(snapshot.bytes)) replaceBytes(snapshot, bytes, locks, reserve as Temporary | undefined);
    return { isSaved: true, credential: { ...stored, ...changes } };
  }

  #snapshot(): Promise<StoreSnapshot> {
    return runAsync(snapshotSteps(this.#store), undefined);
  }

  #in({ value }: StoreSnapshot): Credential | undefined {
    const found = valueAt(value, this.#at);
    return isObject(found) ? (found as Credential) : undefined;
  }
}
