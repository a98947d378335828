import { writeSync } from "node:fs";

/** One request line. Fields that a verb does not know are ignored. */
export type Request = Readonly<Record<string, unknown>> & { readonly id: number; readonly verb: string };

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes one whole line to standard output before it returns, also where that is a pipe that is full. */
export function writeLine(message: unknown): void {
  let rest = Buffer.from(`${JSON.stringify(message)}\n`, "utf8");
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

/** A time as the protocol writes it: what JSON cannot say comes as a string. */
export function readTime(value: unknown): unknown {
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value;
}

export function text(request: Request, field: string): string {
  const value = request[field];
  if (typeof value !== "string") throw new TypeError(`${request.verb} needs ${field}`);
  return value;
}

export function number(request: Request, field: string, fallback: number): number {
  const value = request[field] ?? fallback;
  if (typeof value !== "number") throw new TypeError(`${request.verb}: ${field} must be a number`);
  return value;
}
