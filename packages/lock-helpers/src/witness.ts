import { chmodSync, closeSync, constants, lstatSync, openSync, renameSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { errnoOf } from "./errors.js";
import { IDLE_WITNESSES } from "./generated/constants.js";
import type { WitnessPolicy } from "./options.js";
import { unlinkIfThere } from "./ownership.js";
import { candidatePath, newToken, newWitnessNames } from "./paths.js";
import { point } from "./points.js";
import { isInitialNamespace } from "./proc.js";
import { openSocketPath, socketFailure } from "./socket-path.js";
import type { Identity } from "./system.js";

/** A listening socket beside our locks. The kernel closes it when we die, and every container sees that. */
export interface Witness {
  readonly directory: string;
  readonly name: string;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly server: Server;
  /** How many of our publications name it. It is not closed before there are none (WITNESS-5). */
  uses: number;
}

/** The witnesses that may be named by what is published next, by directory, the longest idle first. */
export type Witnesses = Map<string, Witness>;

/** Whether the policy asks for a witness. Where our PID namespace cannot be known we may be in a container. */
export function wantsWitness(policy: WitnessPolicy, self: Identity): boolean {
  if (policy === "auto") return process.platform === "linux" && !isInitialNamespace(self);
  return policy === "always";
}

/** The one witness of this process in the directory. Throws a system call's error where none can be made. */
export function obtainWitness(witnesses: Witnesses, directory: string): Witness {
  const known = witnesses.get(directory);
  if (known && isWhereItWas(known)) return known;
  if (known) {
    witnesses.delete(directory);
    if (known.uses === 0) close(known);
  }
  const made = make(directory);
  witnesses.set(directory, made);
  evict(witnesses, made);
  return made;
}

/** One publication less names it. */
export function leaveWitness(witnesses: Witnesses, witness: Witness): void {
  if (--witness.uses > 0) return;
  if (witnesses.get(witness.directory) !== witness) {
    close(witness);
    return;
  }
  witnesses.delete(witness.directory);
  witnesses.set(witness.directory, witness);
  evict(witnesses, witness);
}

/** At exit. One that is still named stays: that it refuses then is the evidence that we are dead. */
export function unlinkIdle(witnesses: Witnesses): void {
  for (const witness of witnesses.values()) if (witness.uses === 0) unlinkQuietly(witness);
}

function evict(witnesses: Witnesses, recent: Witness): void {
  if (witnesses.size <= IDLE_WITNESSES) return;
  const idle = [...witnesses.values()].filter(({ uses }) => uses === 0);
  for (const witness of idle.slice(0, -IDLE_WITNESSES)) {
    if (witness === recent) continue;
    witnesses.delete(witness.directory);
    close(witness);
  }
}

function close(witness: Witness): void {
  unlinkQuietly(witness);
  witness.server.close();
}

function unlinkQuietly(witness: Witness): void {
  try {
    if (isWhereItWas(witness)) unlinkIfThere(join(witness.directory, witness.name));
  } catch {
    // It refuses from now on, and whoever finds it sweeps it.
  }
}

function isWhereItWas({ directory, name, dev, ino, server }: Witness): boolean {
  const there = lstatSync(join(directory, name), { bigint: true, throwIfNoEntry: false });
  return server.listening && there !== undefined && there.dev === dev && there.ino === ino;
}

// Stopped for half a minute before it had its name, it may have been swept: its rename says ENOENT then.
const MOST_TRIES = 3;

function make(directory: string): Witness {
  for (let tries = 1; ; tries++) {
    try {
      return makeOnce(directory);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT" || tries === MOST_TRIES) throw error;
    }
  }
}

/** WITNESS-2. Under its own name it never refuses while we live: it listens before it gets that name. */
function makeOnce(directory: string): Witness {
  const { name, unfinished } = newWitnessNames();
  const server = listen(directory, unfinished);
  let path = join(directory, unfinished);
  try {
    // To connect is to need leave to write.
    chmodSync(path, 0o666);
    point("witness:listening");
    renameSync(path, join(directory, name));
    path = join(directory, name);
    point("witness:named");
    const { dev, ino } = lstatSync(path, { bigint: true });
    return { directory, name, dev, ino, server, uses: 0 };
  } catch (error) {
    server.close();
    unlinkIfThere(path);
    throw error;
  }
}

function listen(directory: string, name: string): Server {
  if (process.platform !== "linux") throw socketFailure("ENOTSUP", join(directory, name));
  // Whoever has no witness does not pay for the module.
  const net = process.getBuiltinModule("node:net");
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    socket.on("error", () => {});
    socket.destroy();
  });
  server.on("error", () => {});
  const { address, close } = openSocketPath(directory, name);
  try {
    // Exclusive: a cluster worker's socket would otherwise belong to the primary, and outlive the worker.
    server.listen({ path: address, exclusive: true });
  } catch {
    // Not permitted by the runtime, which is not a system call's error.
  } finally {
    close();
  }
  if (!server.listening) throw whyNot(directory, name);
  server.unref();
  return server;
}

/** Node tells in a later tick why it could not listen: what a plain file meets there is asked instead. */
function whyNot(directory: string, name: string): unknown {
  const probe = candidatePath(directory, newToken());
  try {
    closeSync(openSync(probe, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600));
    unlinkIfThere(probe);
    return socketFailure("ENOTSUP", join(directory, name));
  } catch (error) {
    return error;
  }
}
