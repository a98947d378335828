import { lstatSync } from "node:fs";
import { join } from "node:path";
import { openSocketPath, type SocketPath } from "./socket-path.js";

/** What a contender learns of a witness (WITNESS-7). Node cannot ask whose socket it is, so never `inherited`. */
export type WitnessAnswer = "answers" | "refused" | "unknown";

/** A witness that has to be asked before a verdict counts. */
export interface Question {
  readonly directory: string;
  readonly name: string;
  /** Nothing is known of it yet; otherwise what is known is old. */
  readonly isFirst: boolean;
  answer(answer: WitnessAnswer): void;
}

/** What the outcome of a connection says; undefined: connected. Only a refusal can speak for death. */
export function answerOf(errno: string | undefined): WitnessAnswer {
  if (errno === undefined || errno === "EAGAIN") return "answers";
  return errno === "ECONNREFUSED" ? "refused" : "unknown";
}

/** Where to connect to; undefined where there is nothing to connect to. */
export function doorOf(directory: string, name: string): SocketPath | undefined {
  try {
    return lstatSync(join(directory, name)).isSocket() ? openSocketPath(directory, name) : undefined;
  } catch {
    return undefined;
  }
}

/** Connects to the witness and closes at once. Never rejects. With `isIdle` the question keeps no process alive. */
export async function askWitness(directory: string, name: string, isIdle = false): Promise<WitnessAnswer> {
  const door = doorOf(directory, name);
  if (!door) return "unknown";
  try {
    return answerOf(await connect(door.address, isIdle));
  } catch {
    return "unknown";
  } finally {
    door.close();
  }
}

function connect(address: string, isIdle: boolean): Promise<string | undefined> {
  const net = process.getBuiltinModule("node:net");
  return new Promise((resolve) => {
    const socket = net.connect({ path: address });
    if (isIdle) socket.unref();
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
  });
}
