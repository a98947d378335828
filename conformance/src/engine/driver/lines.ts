/** One message may not be longer, `spec/driver.md`. */
export const MAX_LINE_BYTES = 1024 * 1024;

export type LineFault = "too-long" | "not-utf8";

/** Cuts a byte stream into lines, and gives up on the first that is too long or not UTF-8. */
export class LineSplitter {
  private parts: Buffer[] = [];
  private length = 0;
  private broken = false;
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(
    private readonly line: (text: string) => void,
    private readonly fault: (fault: LineFault) => void,
  ) {}

  push(chunk: Buffer): void {
    let rest = chunk;
    while (!this.broken) {
      const end = rest.indexOf(0x0a);
      const piece = end === -1 ? rest : rest.subarray(0, end);
      this.parts.push(piece);
      this.length += piece.length;
      if (this.length > MAX_LINE_BYTES) {
        this.giveUp("too-long");
        return;
      }
      if (end === -1) return;
      this.complete();
      rest = rest.subarray(end + 1);
    }
  }

  /** What came after the last line end: a message that was cut off. */
  get remainder(): string {
    return Buffer.concat(this.parts).toString("utf8");
  }

  private complete(): void {
    const bytes = Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    let text: string;
    try {
      text = this.decoder.decode(bytes);
    } catch {
      this.giveUp("not-utf8");
      return;
    }
    this.line(text);
  }

  private giveUp(fault: LineFault): void {
    this.broken = true;
    this.parts = [];
    this.fault(fault);
  }
}
