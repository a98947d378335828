import { writeFileSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver, Reply } from "../../engine/case.js";
import { timed } from "../support/expect.js";
import { storeRefused, succeeded } from "../support/stores.js";

const WHOLE = `${JSON.stringify({ token: "x".repeat(5_000) })}\n`;
const LOOKED_AGAIN_MS = 200;
const TRIES = 5;

export const storeTorn: CaseDefinition = {
  id: "store-torn",
  title: "A store that is being written in place is looked at again before it is called torn",
  group: "store",
  level: "MUST",
  rules: ["STORE-1", "STORE-3"],
  field: [77],
  profile: "refresh",
  needs: ["store"],
  how: "A reader finds a store empty, and cut off in the middle; the writer completes it 60 ms later. In one of five tries at least the reader must return the whole store. What stays torn is reported, not before 200 ms, and what is missing at once.",
  timeoutMs: 60_000,
  async run(context) {
    const path = context.target("stores/in-place.json");
    const driver = await context.spawn();
    for (const [name, part] of [
      ["empty", ""],
      ["torn", WHOLE.slice(0, 2_000)],
    ] as const) {
      await completedMeanwhile(context, driver, path, part);
      writeFileSync(path, part);
      const { result, ms } = await timed(() => driver.call("store-read", { path }));
      storeRefused(context, name, result, "store_invalid", `the store stays ${name}`, name);
      context.check(
        "looked-again",
        ms >= LOOKED_AGAIN_MS * 0.9,
        () => `${name} was reported after ${Math.round(ms)} ms`,
      );
    }
    const missing = await driver.call("store-read", { path: `${path}.none` });
    storeRefused(context, "missing", missing, "store_missing", "there is no such file");
  },
};

async function completedMeanwhile(context: CaseContext, driver: Driver, path: string, part: string): Promise<void> {
  let reply: Reply | undefined;
  for (let tried = 0; tried < TRIES && reply?.status !== "ok"; tried += 1) {
    writeFileSync(path, part);
    const pending = driver.start("store-read", { path });
    // Not later: on a busy machine the reader may have given up by then, so it is tried again.
    await context.sleep(60);
    writeFileSync(path, WHOLE);
    reply = await pending.reply;
  }
  const answer = succeeded(context, "completed", reply!, "the store was completed while it was read");
  context.check("whole", answer["size"] === WHOLE.length, () => `${answer["size"]} of ${WHOLE.length} bytes`);
}
