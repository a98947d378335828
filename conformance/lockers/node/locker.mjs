// node locker.mjs <library>: reads `lock <target>`, `unlock` and `exit`, a line each; answers `locked`, `unlocked` or `refused <why>`.
// A target after `lock` may be followed by ` stale`: the library's own way past old locks, where it has to be asked for.
import { createInterface } from "node:readline";

const lockers = {
  "proper-lockfile": async () => {
    const { lock } = (await import("proper-lockfile")).default;
    return (target) => lock(target, { realpath: false });
  },
  lockfile: async () => {
    const { lock, unlock } = (await import("lockfile")).default;
    const done = (call) =>
      new Promise((resolve, reject) => {
        call((error) => (error ? reject(error) : resolve()));
      });
    return async (target, way) => {
      const path = `${target}.lock`;
      await done((back) => lock(path, way === "stale" ? { stale: 1 } : {}, back));
      return () => done((back) => unlock(path, back));
    };
  },
  "cross-process-lock": async () => {
    const { lock } = (await import("cross-process-lock")).default;
    return (target) => lock(target, { waitTimeout: 1_000 });
  },
};

const [name, trial] = process.argv.slice(2);
const take = await lockers[name]();
if (trial === "--trial") process.exit(0);

let release = async () => {};
const carryOut = async (line) => {
  const [, verb, target, way] = /^(\w+)(?: (\S+))?(?: (\w+))?$/.exec(line) ?? [];
  if (verb === "exit") process.exit(0);
  if (verb === "lock") {
    release = await take(target, way);
    return "locked";
  }
  await release();
  return "unlocked";
};

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await carryOut(line).catch((error) =>
    `refused ${error.code ?? ""} ${error.message}`.replace(/\s+/g, " "),
  );
  process.stdout.write(`${answer}\n`);
}
process.exit(0);
