import { constants, openSync } from "node:fs";
import { join } from "node:path";
import { closeQuietly } from "./descriptor.js";
import { MAX_SOCKET_PATH_BYTES } from "./generated/constants.js";

/** A path short enough for a socket call, good until it is closed. */
export interface SocketPath {
  readonly address: string;
  close(): void;
}

// Node has no name for it. No leave to list the directory is needed then.
const O_PATH = 0o10000000;

/**
 * The path of a socket in a directory. What is too long for the kernel goes through a descriptor of the directory: Node 20
 * would cut it off, and listen or connect somewhere else (WITNESS-3).
 */
export function openSocketPath(directory: string, name: string): SocketPath {
  const path = join(directory, name);
  // Elsewhere the limit is a little lower, and there is no `/proc`.
  const limit = process.platform === "linux" ? MAX_SOCKET_PATH_BYTES : 100;
  if (Buffer.byteLength(path) <= limit) return { address: path, close: () => {} };
  if (process.platform !== "linux") throw socketFailure("ENAMETOOLONG", path);
  const fd = openSync(directory, O_PATH | constants.O_DIRECTORY);
  return { address: `/proc/self/fd/${fd}/${name}`, close: () => closeQuietly(fd) };
}

/** What a failing socket call says, in the shape of a system call's error: Node tells it too late, or not at all. */
export function socketFailure(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: no witness can be made, bind '${path}'`), { code, syscall: "bind", path });
}
