import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext } from "../../engine/case.js";
import { kindOf } from "../../engine/judge/names.js";
import { gotIt } from "../support/expect.js";
import { helpers } from "../support/team.js";
import { age } from "../support/times.js";
import type { Post } from "./post.js";

const SWEPT_MS = 5_000;

/** All are dead: nobody is in the way, and each language gets past what the dead have left. */
export async function takenAfterwards(context: CaseContext, posts: readonly Post[]): Promise<void> {
  for (const [index, { target }] of posts.entries()) {
    const first = helpers(context).slice(index);
    for (const helper of [...first, ...helpers(context).slice(0, index)]) {
      const driver = await context.spawn(helper, { env: {} });
      const attempt = await driver.tryAcquire(target, { timeoutMs: 0 });
      await gotIt(context, "taken-afterwards", attempt, "everybody has been killed").release();
      await driver.bye();
    }
  }
}

/** What the dead have left goes once it is old, without anybody's help. */
export async function sweptAfterwards(context: CaseContext, target: string): Promise<void> {
  const directory = dirname(target);
  const left = (): string[] => readdirSync(directory).filter((name) => kindOf(join(directory, name)) !== undefined);
  for (const name of left()) age(join(directory, name));
  const driver = await context.spawn(undefined, { env: {} });
  await (await driver.acquire(target, { witness: "never" })).release();
  const deadline = performance.now() + context.limit(SWEPT_MS);
  while (left().length > 0 && performance.now() < deadline) await context.sleep(50);
  context.check("swept-afterwards", left().length === 0, () => `${left().slice(0, 20).join(", ")} stayed`);
}
