import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext, SpawnOptions } from "../../engine/case.js";
import { repositoryRoot } from "../../engine/data.js";

const PACKAGE = join(repositoryRoot, "packages", "cli");
const PROGRAM = join(PACKAGE, "dist", "main.js");

/** Nothing that needs attention is left, or something that it has printed. */
const ANSWERS = [0, 20];

/** The command line of this repository sweeps a directory again and again; of the installed suite it is no part. */
export async function sweepUntil(
  context: CaseContext,
  directory: string,
  places: readonly SpawnOptions[],
  isOver: () => boolean,
): Promise<void> {
  if (!existsSync(join(PACKAGE, "package.json"))) return;
  context.require("first-aid-is-built", existsSync(PROGRAM), `${PROGRAM} is not there: build it first (npm run build)`);
  for (let run = 0; !isOver(); run += 1) {
    const wrapper = places[run % places.length]?.wrapper ?? [];
    const [program = "", ...args] = [...wrapper, process.execPath, PROGRAM, "sweep", "--stale", "1s", directory];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const pid of [1, child.pid ?? 1]) context.bystander("openclaw-locks", pid);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
    const [status, signal] = (await once(child, "close")) as [number | null, string | null];
    // A container that is restarted takes its sweeper with it.
    const isKilled = signal !== null || (status ?? 0) > 128;
    const isAnswer = isKilled || ANSWERS.includes(status ?? -1);
    context.check("sweep-answers", isAnswer, () => `openclaw-locks sweep ended with ${status}: ${said.slice(-500)}`);
    await context.sleep(context.random.integer(50, 300));
  }
}
