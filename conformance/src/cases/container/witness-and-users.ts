import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { AS_OTHER_USER, CONTAINER, wrapped } from "../support/containers.js";
import { together } from "../support/expect.js";
import { fresh } from "../support/team.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

export const witnessAndUsers: CaseDefinition = {
  id: "witness-and-users",
  title: "Another user may ask a witness, whatever the umask of its holder",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-2", "WITNESS-7"],
  field: [15, 45],
  profile: "container",
  needs: ["basic", "reclaim", "process", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "A holder in a container, with umask 077, is contended for by another user in another container: kept while it lives, running and stopped, and taken at once when it was killed. The same the other way round.",
  timeoutMs: 60_000,
  async run(context) {
    const root = () => fresh(context, CONTAINER);
    const other = () => fresh(context, wrapped(CONTAINER, AS_OTHER_USER));
    await together([
      apart(context, "root-holds", await root(), await other()),
      apart(context, "other-holds", await other(), await root()),
    ]);
  },
};

async function apart(context: CaseContext, name: string, holder: Driver, contender: Driver): Promise<void> {
  await holder.ask("umask", { mask: 0o077 });
  const held = await holder.acquire(context.target(`${name}/file.json`));
  const socket = lstatSync(join(dirname(held.lockPath), held.witness ?? "none"), { throwIfNoEntry: false });
  const mode = ((socket?.mode ?? 0) & 0o777).toString(8);
  context.check(`${name}-mode`, mode === "666", () => `its witness has mode ${mode}`);
  await holder.stop();
  age(held.lockPath);
  await keptFromTaking(context, contender, held.target, `${name}-kept`, "its holder stands still", BEYOND_WATCH);
  holder.cont();
  context.check(`${name}-verified`, await held.verify(), "the holder lost its lock");
  await holder.kill();
  await takenAtOnce(context, contender, held.target, `${name}-taken`, "its holder was killed");
}
