import type { CaseContext } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { helpers } from "../support/team.js";
import type { Post } from "./post.js";

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
