import { once } from "node:events";
import { chmodSync, renameSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import type { CaseContext } from "../../engine/case.js";
import { throughDirectory } from "../../engine/judge/witnesses.js";
import { lockOf } from "./files.js";
import { helperLock, openclawLock } from "./payloads.js";
import { HOUR_AGO } from "./times.js";

/** A PID namespace that nobody here is in. */
const ELSEWHERE = "pid:[4026530001]";
const EARLIER_BOOT = "11111111-2222-4333-8444-555555555555";

/** Some process of another container. */
const OWNER = { pid: 7, starttime: 4 };

export interface Planting {
  readonly witness?: string;
  /** An earlier boot of this machine, or another machine. */
  readonly otherBoot?: boolean;
  readonly other?: Readonly<Record<string, unknown>>;
  /** Default: an hour ago. */
  readonly mtime?: Date;
}

/** A lock as a helper in another container writes it. */
export function plantNeighbour(context: CaseContext, target: string, planting: Planting = {}): string {
  const { witness, otherBoot = false, other = {}, mtime = HOUR_AGO() } = planting;
  const bytes = helperLock(
    lockOf(target),
    { ...OWNER, createdAt: mtime.toISOString() },
    {
      pidNamespace: ELSEWHERE,
      ...(otherBoot ? { bootId: EARLIER_BOOT } : {}),
      ...(witness === undefined ? {} : { witness }),
      ...other,
    },
  );
  context.plant(lockOf(target), bytes, { mtime });
  return bytes;
}

/** A lock as OpenClaw leaves it in a container that is gone: its pid says nothing here, its start time is nobody's. */
export function plantOpenclaw(context: CaseContext, target: string, mtime = HOUR_AGO()): void {
  context.plant(lockOf(target), openclawLock({ pid: 1, starttime: 1, createdAt: mtime.toISOString() }), { mtime });
}

export interface Listener {
  readonly name: string;
  readonly path: string;
  /** Connections so far. */
  readonly asked: number;
  /** Nobody listens any more; the name stays, as it does when a process is killed. */
  die(): Promise<void>;
}

let count = 0;

export const witnessName = (): string => `.openclaw-lock-${(++count).toString(16).padStart(16, "c0")}.sock`;

/** A socket that this suite listens at, in the name of a neighbour. */
export async function listen(context: CaseContext, target: string, path?: string): Promise<Listener> {
  const name = witnessName();
  const final = path ?? join(dirname(target), name);
  const first = join(dirname(final), `.making-${count}`);
  let asked = 0;
  const server = createServer((socket) => {
    asked += 1;
    socket.on("error", () => {});
    socket.destroy();
  });
  await throughDirectory(first, async (address) => {
    server.listen(address);
    await once(server, "listening");
  });
  chmodSync(first, 0o666);
  // Node unlinks the name that it knows, and that is another.
  renameSync(first, final);
  context.excuse(final, "the case put it there");
  const die = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  };
  context.cleanup(die);
  return {
    name,
    path: final,
    get asked() {
      return asked;
    },
    die,
  };
}
