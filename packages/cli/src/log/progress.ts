/** What is shown while something takes long. */
export interface Progress {
  begin(name: string, total: number | undefined): void;
  at(done: number): void;
  end(): void;
}

export const NO_PROGRESS: Progress = { begin() {}, at() {}, end() {} };

const FIRST_AFTER_MS = 500;
const EVERY_MS = 100;
const MB = 1 << 20;

/** A bar on a screen, in one line that goes when it is done. What is quick shows none. */
export class ProgressBar implements Progress {
  readonly #write: (text: string) => void;
  readonly #width: number;
  readonly #now: () => number;
  #total: number | undefined;
  #nextAt = 0;
  #isShown = false;

  constructor(write: (text: string) => void, width: number, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#width = width;
    this.#now = now;
  }

  begin(_name: string, total: number | undefined): void {
    this.#total = total;
    this.#nextAt = this.#now() + FIRST_AFTER_MS;
  }

  at(done: number): void {
    if (this.#now() < this.#nextAt) return;
    this.#nextAt = this.#now() + EVERY_MS;
    this.#isShown = true;
    this.#write(`\r${this.#line(done)}\u001b[K`);
  }

  end(): void {
    if (this.#isShown) this.#write("\r\u001b[K");
    this.#isShown = false;
  }

  #line(done: number): string {
    const read = `${Math.round(done / MB)} MB`;
    if (!this.#total) return `reading: ${read}`;
    const share = Math.min(done / this.#total, 1);
    const words = ` ${String(Math.floor(share * 100)).padStart(3)} %  ${read} of ${Math.round(this.#total / MB)} MB`;
    const room = Math.min(this.#width - words.length - 3, 40);
    if (room < 5) return words.trim();
    const full = Math.round(share * room);
    return `[${"#".repeat(full)}${" ".repeat(room - full)}]${words}`;
  }
}
