import { closeSync, constants, openSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname } from "node:path";

/** What a witness says to whoever connects; `unknown` when it can say nothing: it is gone, or is no socket, or not ours to ask. */
export type Answer = "answers" | "refused" | "unknown";

/** Connects and closes at once. Through the directory's descriptor: a path may be longer than a socket's address. */
export async function askWitness(path: string): Promise<Answer> {
  let directory: number;
  try {
    directory = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return "unknown";
  }
  try {
    return await new Promise<Answer>((resolve) => {
      const socket = connect({ path: `/proc/self/fd/${directory}/${basename(path)}` });
      socket.once("connect", () => {
        socket.destroy();
        resolve("answers");
      });
      socket.once("error", ({ code }: NodeJS.ErrnoException) => {
        // A full backlog: somebody listens, and has not accepted for long.
        resolve(code === "EAGAIN" ? "answers" : code === "ECONNREFUSED" ? "refused" : "unknown");
      });
    });
  } finally {
    closeSync(directory);
  }
}

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
