import { fsyncSync } from "node:fs";
import { dirname } from "node:path";
import { closeQuietly } from "../descriptor.js";
import { compare } from "../ownership.js";
import { disown, own } from "../shared.js";
import { type Publication, withdraw } from "../sidecar.js";
import { makePrivate, putOver, syncNames } from "./put-over.js";

/** The intent of a refresh of ours, from its publication on. */
export class OwnIntent {
  readonly path: string;
  readonly #hasReplaced: boolean;
  #publication: Publication;

  private constructor(publication: Publication, hasReplaced: boolean) {
    this.path = publication.path;
    this.#publication = publication;
    this.#hasReplaced = hasReplaced;
  }

  /** @param hasReplaced it stands where another one stood, and is never removed as if nothing had been sent. */
  static synced(publication: Publication, hasReplaced: boolean): OwnIntent {
    const intent = new OwnIntent(publication, hasReplaced);
    try {
      const { fd, path } = publication;
      if (fd !== undefined) {
        makePrivate(fd);
        fsyncSync(fd);
      }
      syncNames(dirname(path));
      return intent;
    } catch (error) {
      intent.withdraw();
      throw error;
    }
  }

  /** From here on the token may have been sent: however this process ends, the intent says so. */
  keep(): void {
    this.#publication.owned.kept = true;
  }

  /** Nothing was sent. */
  withdraw(): void {
    if (this.#hasReplaced) this.become("unknown");
    else this.remove();
  }

  /** It is known what has become of the token. Never throws: what cannot be removed now is tried again later. */
  remove(): void {
    this.#publication.owned.kept = false;
    withdraw(this.#publication);
  }

  /** Says how it has ended, if it is ours still. Never throws: `sent` errs on the safe side. */
  become(state: "rejected" | "unknown", reason?: string): void {
    const { path, bytes, token, owned } = this.#publication;
    const said = intentBytes(bytes, { state, ...(reason !== undefined && { reason }) });
    // It stays, and so does the witness that it names.
    const next = own(path, said, owned.witness);
    next.kept = true;
    try {
      const fd = putOver(path, said, () => compare(path, bytes) === "ours");
      if (fd === undefined) {
        disown(next);
        return;
      }
      this.leave();
      disown(owned);
      this.#publication = { path, bytes: said, token, owned: next, fd: undefined };
      closeQuietly(fd);
      syncNames(dirname(path));
    } catch {
      if (this.#publication.owned !== next) disown(next);
    }
  }

  /** Leaves it as it is, for good. */
  leave(): void {
    const { fd } = this.#publication;
    this.#publication = { ...this.#publication, fd: undefined };
    if (fd !== undefined) closeQuietly(fd);
  }
}

/** A payload with what an intent says behind it. */
export function intentBytes(payload: Buffer, more: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(`${JSON.stringify({ ...JSON.parse(payload.toString("utf8")), ...more }, null, 2)}\n`);
}
