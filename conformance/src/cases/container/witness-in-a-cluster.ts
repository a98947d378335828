import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { CONTAINER } from "../support/containers.js";
import { gotIt } from "../support/expect.js";
import { fresh } from "../support/team.js";
import { keptFromTaking } from "../support/verdicts.js";

/** Runs a program as a worker. On a signal it is too busy for a while to notice what becomes of the worker. */
const PRIMARY = `
const { writeSync } = require("node:fs");
const cluster = require("node:cluster");
const [, exec, ...args] = process.argv.slice(1);
cluster.setupPrimary({ exec, args, execArgv: [], stdio: ["inherit", "inherit", "inherit", "ipc"] });
cluster.fork().on("exit", (status) => process.exit(status ?? 1));
process.on("SIGUSR2", () => {
  writeSync(2, "busy\\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
});
`;

export const witnessInACluster: CaseDefinition = {
  id: "witness-in-a-cluster",
  title: "The witness of a Node cluster's worker dies with the worker, whatever its primary does",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-4"],
  field: [11, 49],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  inapplicable: ({ command, name }) =>
    basename(command[0] ?? "").startsWith("node") ? undefined : `${name} does not run in Node`,
  parallel: true,
  how: "A worker of a Node cluster holds with a witness, and is killed (-9) while its primary is busy for some seconds. A contender in a container must keep off while the worker lives, and take the lock with a single try when it is dead.",
  timeoutMs: 40_000,
  async run(context) {
    const worker = await fresh(context, { wrapper: [process.execPath, "-e", PRIMARY] });
    const contender = await fresh(context, CONTAINER);
    const held = await worker.acquire(context.target(), { witness: "always" });
    await keptFromTaking(context, contender, held.target, "kept", "the worker lives");
    process.kill(Number(statusOf(worker.osPid, "PPid")), "SIGUSR2");
    await context.until("the primary is busy", () => worker.stderrTail.includes("busy"));
    const ended = worker.kill();
    await context.until("the worker is dead", () => isDead(worker.osPid));
    const attempt = await contender.tryAcquire(held.target, { timeoutMs: 0 });
    await gotIt(context, "taken", attempt, "the worker was killed, only the primary lives").release();
    await ended;
  },
};

/** With all its threads, though nobody has waited for it. */
const isDead = (pid: number): boolean =>
  [undefined, "Z"].includes(statusOf(pid, "State")?.charAt(0)) &&
  ["0", "1", undefined].includes(statusOf(pid, "Threads"));

function statusOf(pid: number, key: string): string | undefined {
  try {
    return new RegExp(`^${key}:\\s*(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
