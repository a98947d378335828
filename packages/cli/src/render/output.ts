import { once } from "node:events";
import type { Writable } from "node:stream";

/** Text to stdout, no faster than it is read: a report of any length takes no memory. */
export class Output {
  readonly #stream: Writable;

  constructor(stream: Writable = process.stdout) {
    this.#stream = stream;
  }

  async write(text: string): Promise<void> {
    if (!this.#stream.write(text) && this.#stream.writableNeedDrain) await once(this.#stream, "drain");
  }
}
