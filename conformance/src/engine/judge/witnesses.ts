import { closeSync, constants, openSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname } from "node:path";

/** What a witness says to whoever connects; `unknown` when it can say nothing: it is gone, or is no socket, or not ours to ask. */
export type Answer = "answers" | "refused" | "unknown";

/**
 * A socket's path by way of its directory's descriptor, while the action runs: a path may be longer than a socket's address, and
 * Node 20 would cut it.
 */
export async function throughDirectory<T>(path: string, action: (address: string) => Promise<T>): Promise<T> {
  const directory = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await action(`/proc/self/fd/${directory}/${basename(path)}`);
  } finally {
    closeSync(directory);
  }
}

/** Connects and closes at once. */
export async function askWitness(path: string): Promise<Answer> {
  try {
    return await throughDirectory(path, ask);
  } catch {
    return "unknown";
  }
}

const ask = (address: string): Promise<Answer> =>
  new Promise((resolve) => {
    const socket = connect({ path: address });
    socket.once("connect", () => {
      socket.destroy();
      resolve("answers");
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      // A full backlog: somebody listens, and has not accepted for long.
      resolve(code === "EAGAIN" ? "answers" : code === "ECONNREFUSED" ? "refused" : "unknown");
    });
  });

/** Which process a witness belongs to, as far as it was told in answers to `acquire`. */
export class Makers {
  private readonly makers = new Map<string, string>();

  add(path: string, driver: string): void {
    this.makers.set(path, driver);
  }

  of(path: string): string | undefined {
    return this.makers.get(path);
  }
}
