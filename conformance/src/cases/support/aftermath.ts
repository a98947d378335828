import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext } from "../../engine/case.js";
import { kindOf } from "../../engine/judge/names.js";
import { fresh } from "./team.js";
import { age } from "./times.js";

const SWEPT_MS = 5_000;

/** What the dead have left beside the target goes once it is old, without anybody's help. */
export async function sweptAfterwards(context: CaseContext, target: string): Promise<void> {
  const directory = dirname(target);
  const left = (): string[] => readdirSync(directory).filter((name) => kindOf(join(directory, name)) !== undefined);
  for (const name of left()) age(join(directory, name));
  await (await (await fresh(context)).acquire(target, { witness: "never" })).release();
  const deadline = performance.now() + context.limit(SWEPT_MS);
  while (left().length > 0 && performance.now() < deadline) await context.sleep(50);
  context.check("swept-afterwards", left().length === 0, () => `${left().slice(0, 20).join(", ")} stayed`);
}
