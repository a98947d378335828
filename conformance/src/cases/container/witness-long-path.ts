import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Held } from "../../engine/case.js";
import { askWitness } from "../../engine/judge/witnesses.js";
import { CONTAINER, firstIn } from "../support/containers.js";
import { gotIt, wasRefused } from "../support/expect.js";
import { isWitnessName } from "../support/files.js";
import { fresh } from "../support/team.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

/** A socket's address holds no more. */
const MAX_BYTES = 107;

const NO_PROC = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"];

export const witnessLongPath: CaseDefinition = {
  id: "witness-long-path",
  title: "A path that is too long for a socket's address is never cut",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-3", "WITNESS-7"],
  field: [49],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "Two directories have paths that agree in their first 107 bytes and beyond. A holder in a container has a lock in each with a witness; each witness must be in its own directory, and nothing may stand where a cut path leads. The one holder is killed: its lock is taken at once, the other's is kept. Where there is no /proc to lead through, a process goes without a witness, and is refused when it asks for one always.",
  timeoutMs: 60_000,
  async run(context: CaseContext) {
    const long = deep(context);
    const [one, two] = [context.target(`${long}/one/file.json`), context.target(`${long}/two/file.json`)];
    const isLong = Buffer.byteLength(dirname(one)) > MAX_BYTES + 10;
    context.require("long-enough", isLong, () => `${dirname(one)} is too short to be cut`);
    const [dying, living, contender] = await Promise.all([
      firstIn(context, context.implementation),
      firstIn(context, context.implementation),
      fresh(context, CONTAINER),
    ]);
    const lost = await dying.acquire(one, { witness: "always" });
    await inItsDirectory(context, lost);
    const held = await living.acquire(two, { witness: "always" });
    await inItsDirectory(context, held);
    strays(context, one);
    await dying.kill();
    age(held.lockPath);
    await keptFromTaking(context, contender, two, "living-kept", "its holder lives", BEYOND_WATCH);
    await takenAtOnce(context, contender, one, "dead-taken", "its holder was killed");
    await held.release();
    await withoutProc(context, two);
  },
};

async function inItsDirectory(context: CaseContext, { lockPath, witness }: Held): Promise<void> {
  const answer = await askWitness(join(dirname(lockPath), witness ?? "none"));
  context.check("in-its-directory", answer === "answers", () => `${witness} in ${dirname(lockPath)}: ${answer}`);
}

/** A directory name that goes well beyond the limit, in pieces that a file system takes. */
function deep(context: CaseContext): string {
  const missing = MAX_BYTES + 20 - Buffer.byteLength(context.dir);
  return `deep/${"long-".repeat(Math.max(1, Math.ceil(missing / 5)))}`;
}

/** Whatever a cut path could have made lies in a directory above. */
function strays(context: CaseContext, target: string): void {
  const cut = join(dirname(target), ".openclaw-lock-").slice(0, MAX_BYTES);
  const above = dirname(cut);
  const strangers = readdirSync(above).filter((name) => isWitnessName(name) || join(above, name) === cut);
  context.check("nothing-at-the-cut", strangers.length === 0, () => `${strangers.join(", ")} in ${above}`);
}

async function withoutProc(context: CaseContext, target: string): Promise<void> {
  const driver = await fresh(context, { wrapper: NO_PROC });
  const refused = await driver.tryAcquire(target, { witness: "always", timeoutMs: 0 });
  const codes = ["file_lock_unsupported", "file_lock_io"];
  wasRefused(context, "always-refused", refused, codes, "there is no way to make a witness");
  const held = gotIt(context, "auto-goes-without", await driver.tryAcquire(target), "nobody wants the lock");
  context.check("no-witness", held.witness === null, () => `it names ${held.witness}`);
  await held.release();
}
