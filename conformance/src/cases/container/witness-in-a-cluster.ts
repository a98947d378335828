import { basename } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { CONTAINER } from "../support/containers.js";
import { gotIt } from "../support/expect.js";
import { stateOf } from "../support/machine.js";
import { fresh } from "../support/team.js";
import { keptFromTaking } from "../support/verdicts.js";

/** Runs a program as a worker, and outlives it for a while. */
const PRIMARY = `
const cluster = require("node:cluster");
const [, exec, ...args] = process.argv.slice(1);
cluster.setupPrimary({ exec, args, execArgv: [], stdio: ["inherit", "inherit", "inherit", "ipc"] });
cluster.fork().on("exit", (status, signal) => setTimeout(() => process.exit(status ?? 1), signal === null ? 0 : 3_000));
`;

export const witnessInACluster: CaseDefinition = {
  id: "witness-in-a-cluster",
  title: "The witness of a Node cluster's worker dies with the worker, not with the primary",
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
  how: "A worker of a Node cluster holds with a witness, and is killed (-9); its primary lives on. A contender in a container must keep off while the worker lives, and take the lock with a single try when it is dead.",
  timeoutMs: 40_000,
  async run(context) {
    const holder = await fresh(context, { wrapper: [process.execPath, "-e", PRIMARY] });
    const contender = await fresh(context, CONTAINER);
    const held = await holder.acquire(context.target(), { witness: "always" });
    await keptFromTaking(context, contender, held.target, "kept", "the worker lives");
    const ended = holder.kill();
    await context.until("the worker is gone", () => stateOf(holder.osPid) === undefined);
    const attempt = await contender.tryAcquire(held.target, { timeoutMs: 0 });
    const next = gotIt(context, "taken", attempt, "the worker was killed, only the primary lives");
    await next.release();
    await ended;
  },
};
