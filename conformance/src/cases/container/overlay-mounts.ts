import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext, CaseDefinition, Driver, SpawnOptions } from "../../engine/case.js";
import { beside, CONTAINER, wrapped } from "../support/containers.js";
import { gotIt, timed, together } from "../support/expect.js";
import { inInitialNamespace } from "../support/machine.js";
import { fresh } from "../support/team.js";
import { BEYOND_WATCH, WATCH_MS } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const MOUNTS = `set -e
cd "$0"
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged
mount --bind merged bound
echo mounted
exec sleep 36000`;

/** Beats every second. */
const BUSY = { staleMs: 3_000 };

export const overlayMounts: CaseDefinition = {
  id: "overlay-mounts",
  title: "A living holder is kept from those who see its directory through another mount, where its witness refuses",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-8", "VERDICT-12", "PAYLOAD-1", "RELEASE-9"],
  field: [49, 54, 55],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare", "overlay"],
  parallel: true,
  how: "A holder in a container reaches the directory through an overlay, its contenders through a second mount of the same overlay, and through the upper directory below it, where a living witness refuses: in a container, and on the host. All must keep off while it beats. Killed, its lock is taken at once through the second mount for its witness, on the host by looking for the process, and through the upper directory in a container after the silence that the contract asks for.",
  timeoutMs: 90_000,
  async run(context) {
    const ground = await mount(context);
    const through = wrapped(ground.enter, CONTAINER);
    // Alone: the first processes of two containers that start in one tick look alike to a search.
    const holder = await fresh(context, through);
    const [bound, below, host] = await Promise.all([
      fresh(context, through),
      fresh(context, CONTAINER),
      fresh(context),
    ]);
    const names = ["bound", "below", "host"] as const;
    for (const name of names) {
      const held = await holder.acquire(join(ground.dir, "merged", `${name}.json`), BUSY);
      context.check(`${name}-witness`, held.witness !== null, "a holder in a container was to have a witness");
    }
    const at = (name: string): string => join(ground.dir, name === "bound" ? "bound" : "upper", `${name}.json`);
    const contenders = { bound, below, host };
    await together(
      names.map((name) => keptThere(context, contenders[name], at(name), name, ground.seenFromHere(name))),
    );
    await holder.kill();
    await takenThere(context, bound, at("bound"), "bound");
    if (inInitialNamespace())
      await takenAtOnce(context, host, at("host"), "host-taken", "nobody is left that it could be");
    const { result, ms } = await timed(() =>
      below.tryAcquire(at("below"), { ...BUSY, timeoutMs: context.limit(20_000) }),
    );
    const held = gotIt(context, "below-taken", result, "its witness refuses, and it has been silent");
    context.check("below-watched", ms >= WATCH_MS, () => `it was taken after ${Math.round(ms)} ms, unwatched`);
    await held.release();
  },
};

interface Ground {
  readonly dir: string;
  readonly enter: SpawnOptions;
  /** Whether the suite itself sees the files of this contender. */
  seenFromHere(name: string): boolean;
}

/** An overlay and a second mount of it, in a mount namespace that ends with the case. */
async function mount(context: CaseContext): Promise<Ground> {
  const dir = join(context.dir, "overlay");
  for (const name of ["", "lower", "upper", "work", "merged", "bound"]) {
    mkdirSync(join(dir, name));
    chmodSync(join(dir, name), 0o777);
  }
  const child = spawn("unshare", ["--mount", "sh", "-c", MOUNTS, dir], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  context.cleanup(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const [line] = (await Promise.race([once(child.stdout, "data"), exited])) as [unknown];
  context.require(
    "mounted",
    String(line).includes("mounted"),
    () => `the overlay could not be mounted: ${String(line)}`,
  );
  return { dir, enter: beside(child.pid!, "mount"), seenFromHere: (name) => name !== "bound" };
}

/** While it beats, with the contender's staleMs below three beats and above. */
async function keptThere(
  context: CaseContext,
  contender: Driver,
  target: string,
  name: string,
  isSeen: boolean,
): Promise<void> {
  const options = name === "bound" ? BEYOND_WATCH : { ...BUSY, timeoutMs: WATCH_MS + 1_500 };
  if (isSeen) return keptFromTaking(context, contender, target, `${name}-kept`, "its holder lives and beats", options);
  const attempt = await contender.tryAcquire(target, options);
  const isKept = attempt.status === "refused" && attempt.code === "file_lock_timeout";
  context.require(`${name}-kept`, isKept, () => `its holder lives, but the contender's try was ${attempt.status}`);
}

async function takenThere(context: CaseContext, contender: Driver, target: string, name: string): Promise<void> {
  const attempt = await contender.tryAcquire(target, { timeoutMs: 0 });
  const held = gotIt(context, `${name}-taken`, attempt, "its holder was killed, its witness refuses in the same mount");
  context.check(`${name}-verified`, await held.verify(), "the new holder does not hold what it took");
  await held.release();
}
