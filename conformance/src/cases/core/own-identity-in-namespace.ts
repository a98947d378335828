import { readlinkSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { bytesOf } from "../support/files.js";
import { startTicks } from "../support/machine.js";
import { fresh } from "../support/team.js";

export const ownIdentityInNamespace: CaseDefinition = {
  id: "own-identity-in-namespace",
  title: "A holder names itself rightly where /proc still shows another PID namespace",
  group: "core",
  level: "MUST",
  rules: ["PAYLOAD-2", "PAYLOAD-4"],
  field: [48, 49],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "A process in a PID namespace of its own, whose /proc still shows the outer one, takes a lock. It must record its pid as it sees it itself, and its own start time and namespace, not those of the outer process with that number.",
  timeoutMs: 30_000,
  async run(context) {
    const driver = await fresh(context, { wrapper: ["unshare", "--pid", "--fork", "--kill-child"] });
    const held = await driver.acquire(context.target());
    const { pid, starttime, pidNamespace } = JSON.parse(bytesOf(held.lockPath)) as Record<string, unknown>;
    context.check("own-pid", pid === driver.pid, () => `pid is ${pid}, but the driver is ${driver.pid} to itself`);
    const ticks = startTicks(driver.osPid);
    context.check("own-start", starttime === ticks, () => `starttime is ${starttime}, not ${ticks}`);
    const namespace = readlinkSync(`/proc/${driver.osPid}/ns/pid`);
    context.check("own-namespace", pidNamespace === namespace, () => `pidNamespace is ${pidNamespace}`);
    await held.release();
  },
};
