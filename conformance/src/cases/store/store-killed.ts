import { chmodSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { bytesOf, isThere } from "../support/files.js";
import { temporariesIn } from "../support/intents.js";
import { ODD_STORE, ODD_STORE_EDITED, startUpdate, succeeded, update } from "../support/stores.js";
import { fresh } from "../support/team.js";
import { age } from "../support/times.js";

const POINTS = { "store:written": ODD_STORE, "store:verified": ODD_STORE, "store:renamed": ODD_STORE_EDITED };

export const storeKilled: CaseDefinition = {
  id: "store-killed",
  title: "A kill in a replacement leaves the old store or the new one, whole, and what is left is swept",
  group: "store",
  level: "MUST",
  rules: ["STORE-7", "STORE-10"],
  field: [11, 77],
  profile: "refresh",
  needs: ["basic", "store", "points", "reclaim"],
  parallel: true,
  how: "A writer kills itself with the temporary file written, just before and just after the rename. The store must be the old one or the new one with its mode, and the next update must succeed at once. A temporary file of 11 minutes must be gone after that, one of 9 minutes must stay, and so must files with other names.",
  timeoutMs: 60_000,
  async run(context) {
    for (const [index, [point, due]] of Object.entries(POINTS).entries()) {
      const path = context.target(`stores-${index}/odd.json`);
      writeFileSync(path, ODD_STORE);
      chmodSync(path, 0o600);
      const victim = await fresh(context);
      await victim.arm(point, "kill");
      startUpdate(context, victim, path);
      await victim.nextEvent(point);
      context.check("whole", bytesOf(path) === due, () => `after a kill at ${point}: ${JSON.stringify(bytesOf(path))}`);
      context.check("mode", (statSync(path).mode & 0o777) === 0o600, "its mode has changed");
      const left = temporariesIn(dirname(path));
      context.check(
        "left-private",
        left.every((name) => (statSync(join(dirname(path), name)).mode & 0o077) === 0),
        () => `${left} is open to others`,
      );

      const [old, young, strange] = [plantTemporary(path, "a", 11), plantTemporary(path, "b", 9), `${path}.tmp`];
      writeFileSync(strange, "");
      age(strange);
      // A process of its own: each sweeps a directory at most once a minute.
      const next = await fresh(context);
      succeeded(
        context,
        "next",
        await update(context, next, path, [{ at: ["token"], value: "newer" }], { timeoutMs: 5_000 }),
        `a process was killed at ${point}`,
      );
      context.check("old-swept", !isThere(old), "a temporary file of 11 minutes stayed");
      context.check(
        "young-stays",
        isThere(young),
        "a temporary file of 9 minutes was swept: it may be somebody's reserve",
      );
      context.check("others-stay", isThere(strange), "a file with another name was swept");
      context.excuse(young, "too young to be swept");
    }
  },
};

function plantTemporary(path: string, digit: string, minutes: number): string {
  const temporary = join(dirname(path), `.openclaw-store-${digit.repeat(32)}.tmp`);
  writeFileSync(temporary, "{}\n", { mode: 0o600 });
  age(temporary, minutes * 60_000);
  return temporary;
}
