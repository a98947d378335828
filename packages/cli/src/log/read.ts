import { createReadStream, fstatSync, openSync } from "node:fs";
import { UsageError } from "../usage-error.js";
import type { Findings } from "./collect.js";
import { LineScanner } from "./lines.js";
import type { Progress } from "./progress.js";

export interface LogRead {
  /** As it was given; `-` is stdin. */
  readonly path: string;
  readonly lines: number;
  readonly bytes: number;
}

const CHUNK = 1 << 20;

/** Reads a log once, from its beginning to its end as of now, in constant memory. */
export async function readLog(path: string, findings: Findings, progress: Progress): Promise<LogRead> {
  const fd = path === "-" ? 0 : open(path);
  const { size, isDirectory } = lookAt(fd, path);
  if (isDirectory) throw new UsageError(`${path} is a directory: give a log file`);
  const stream = createReadStream("", {
    ...{ fd, autoClose: path !== "-", highWaterMark: CHUNK },
    // What is being written to meanwhile would never end.
    ...(size !== undefined && size > 0 && { start: 0, end: size - 1 }),
  });
  const scanner = new LineScanner();
  let bytes = 0;
  progress.begin(path, size);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (const { number, text } of scanner.add(chunk)) findings.add(path, number, text);
      bytes += chunk.length;
      progress.at(bytes);
    }
    for (const { number, text } of scanner.end()) findings.add(path, number, text);
  } finally {
    progress.end();
  }
  return { path, lines: scanner.lines, bytes };
}

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The size of what has one. */
function lookAt(fd: number, path: string): { readonly size: number | undefined; readonly isDirectory: boolean } {
  try {
    const stat = fstatSync(fd);
    return { size: stat.isFile() && path !== "-" ? stat.size : undefined, isDirectory: stat.isDirectory() };
  } catch {
    return { size: undefined, isDirectory: false };
  }
}
