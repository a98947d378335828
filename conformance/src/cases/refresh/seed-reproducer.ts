import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { timed } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { anotherPlace, expiredPlace, type Place } from "../support/logins.js";
import { openclawLock } from "../support/payloads.js";
import { plantDeadLock } from "../support/plants.js";
import { deadPid, sleeper } from "../support/processes.js";
import { familyLives, gotToken, refresh, refused } from "../support/refreshing.js";
import { age } from "../support/times.js";

/** How long an operator is left without an answer. */
const ANSWER_MS = 10_000;

export const seedReproducer: CaseDefinition = {
  id: "seed-reproducer",
  title:
    "With a foreign flock on the store and a left-over lock a refresh succeeds, or says within 10 s who is in the way",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-1", "REFRESH-3"],
  field: [11, 34, 60, 73],
  profile: "refresh",
  needs: ["basic", "refresh", "reclaim", "detail"],
  environment: ["linux"],
  parallel: true,
  how: "A script holds flock on the store all the while. A lock left by a killed helper, by a killed OpenClaw, or of a process whose number another one has by now: the refresh must succeed. An empty lock, garbage, and a lock of a process that lives: it must end within 10 s in refresh_contention whose sentence names the holder or the lock, and what to do.",
  timeoutMs: 90_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "first/store.json" });
    await flocked(context, first.store);
    const living = await sleeper(context);
    context.bystander("sleeper", living.pid);
    for (const [name, plant] of Object.entries(LEFT_OVER)) {
      const place = await anotherPlace(context, first, `${name}/store.json`);
      await flocked(context, place.store);
      plant(context, place.store);
      const { result, ms } = await timed(async () => refresh(context, await context.spawn(), place));
      gotToken(context, "succeeds", result, "refreshed", `its lock was left by ${name}`);
      context.check("at-once", ms < context.limit(ANSWER_MS), () => `it took ${Math.round(ms)} ms with ${name}`);
      familyLives(context, place);
    }
    for (const [name, text] of Object.entries({ empty: "", garbage: "not a lock" })) {
      const place = await anotherPlace(context, first, `${name}/store.json`);
      await flocked(context, place.store);
      writeFileSync(lockOf(place.store), text);
      age(lockOf(place.store), 60_000);
      context.planted(lockOf(place.store));
      await inTheWay(context, place, lockOf(place.store), name);
    }
    const held = await anotherPlace(context, first, "living/store.json");
    await flocked(context, held.store);
    context.plant(lockOf(held.store), openclawLock(living));
    await inTheWay(context, held, String(living.pid), "a process that lives", 3_000);
  },
};

const LEFT_OVER: Readonly<Record<string, (context: CaseContext, target: string) => void>> = {
  "a-killed-helper": plantDeadLock,
  "a-killed-openclaw": (context, target) =>
    context.plant(lockOf(target), openclawLock({ pid: deadPid(), starttime: 1 })),
  "a-recycled-number": (context, target) =>
    context.plant(lockOf(target), openclawLock({ pid: process.pid, starttime: 1 })),
};

/** A script that does not know sidecars. */
async function flocked(context: CaseContext, store: string): Promise<void> {
  const child = spawn("flock", [store, "sleep", "3600"], { stdio: "ignore", detached: true });
  await once(child, "spawn");
  context.cleanup(() => void process.kill(-child.pid!, "SIGKILL"));
  const taken = () => spawnSync("flock", ["--nonblock", store, "true"]).status !== 0;
  await context.until("flock is held", taken);
}

async function inTheWay(
  context: CaseContext,
  place: Place,
  names: string,
  what: string,
  timeoutMs?: number,
): Promise<void> {
  const before = place.server.requests.length;
  const options = timeoutMs === undefined ? { timeoutMs: 60_000 } : { timeoutMs };
  const { result, ms } = await timed(async () => refresh(context, await context.spawn(), place, { options }));
  const error = refused(context, "says-so", result, "refresh_contention", `in the way is ${what}`);
  context.check("within-ten-seconds", ms < context.limit(ANSWER_MS), () => `${what}: it took ${Math.round(ms)} ms`);
  const words = `${error.message} ${error.hint ?? ""}`;
  context.check("names-it", words.includes(names), () => `${what}: the sentence is ${words}`);
  context.check("nothing-sent", place.server.requests.length === before, "it was sent all the same");
}
