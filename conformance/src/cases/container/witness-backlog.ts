import { connect, type Socket } from "node:net";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { throughDirectory } from "../../engine/judge/witnesses.js";
import { CONTAINER, firstIn } from "../support/containers.js";
import { together } from "../support/expect.js";
import { helpers } from "../support/team.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking } from "../support/verdicts.js";

/** More than the kernel queues for any listener (net.core.somaxconn, 4096 by default). */
const MOST = 6_000;

export const witnessBacklog: CaseDefinition = {
  id: "witness-backlog",
  title: "A holder that stands still keeps its lock when its witness's backlog is full",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-6", "WITNESS-7", "VERDICT-10"],
  field: [16, 49],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  columns: ["own", "mix"],
  how: "A holder in a container stands still, and connections to its witness are opened until the kernel takes no more. Its lock looks an hour old; contenders in other containers must keep off. Continued, the holder must still hold, answer again, and release.",
  timeoutMs: 120_000,
  async run(context) {
    const ours = helpers(context);
    const contenders = await Promise.all(ours.map((implementation) => context.spawn(implementation, CONTAINER)));
    for (const implementation of ours) {
      const holder = await firstIn(context, implementation);
      const held = await holder.acquire(context.target(`${implementation.name}/file.json`));
      await holder.stop();
      const witness = join(dirname(held.lockPath), held.witness ?? "none");
      const queue = await throughDirectory(witness, (address) => fill(context, address));
      age(held.lockPath);
      const waiting = contenders.map((contender) =>
        keptFromTaking(context, contender, held.target, "kept", `${holder.name} stands still`, BEYOND_WATCH),
      );
      await together(waiting);
      holder.cont();
      for (const socket of queue) socket.destroy();
      context.check("still-held", await held.verify(), "the holder lost its lock");
      await held.release();
      await (await contenders[0]!.acquire(held.target)).release();
    }
  },
};

/** Connects until the kernel says EAGAIN. */
async function fill(context: CaseContext, address: string): Promise<Socket[]> {
  const queue: Socket[] = [];
  for (let count = 0; count < MOST; count += 1) {
    const socket = connect(address);
    const code = await new Promise<string | undefined>((resolve) => {
      socket.once("connect", () => resolve(undefined));
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    if (code === "EAGAIN") return queue;
    context.require("fills", code === undefined, () => `connection ${count} to the witness failed with ${code}`);
    socket.on("error", () => {});
    queue.push(socket);
  }
  context.require("fills", false, `the witness of a stopped holder took ${MOST} connections`);
  return queue;
}
