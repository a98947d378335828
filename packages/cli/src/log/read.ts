import { closeSync, createReadStream, fstatSync, openSync, read } from "node:fs";
import { promisify } from "node:util";
import { safe } from "../render/words.js";
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
const readInto = promisify(read);

/** Reads a log once, from its beginning to its end as of now, in constant memory. */
export async function readLog(path: string, findings: Findings, progress: Progress): Promise<LogRead> {
  const fd = path === "-" ? 0 : open(path);
  const { size, isDirectory } = lookAt(fd, path);
  if (isDirectory) throw new UsageError(`${safe(path)} is a directory: give a log file`);
  const scanner = new LineScanner();
  let bytes = 0;
  progress.begin(path, size);
  try {
    for await (const chunk of size === undefined ? streamOf(path, fd) : chunksOf(fd, size)) {
      for (const { number, text } of scanner.add(chunk)) findings.add(path, number, text);
      bytes += chunk.length;
      progress.at(bytes);
    }
    for (const { number, text } of scanner.end()) findings.add(path, number, text);
  } finally {
    progress.end();
    if (path !== "-") closeSync(fd);
  }
  return { path, lines: scanner.lines, bytes };
}

// A pipe, or whatever else has no size.
function streamOf(path: string, fd: number): AsyncIterable<Buffer> {
  return path === "-" ? process.stdin : createReadStream("", { fd, autoClose: false, highWaterMark: CHUNK });
}

/** Into one buffer, again and again. What is written meanwhile is left: else it might never end. */
async function* chunksOf(fd: number, size: number): AsyncGenerator<Buffer, void> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await readInto(fd, buffer, 0, Math.min(CHUNK, size - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw new UsageError(`${safe(path)} cannot be read (${(error as NodeJS.ErrnoException).code})`);
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
