// What the bad drivers have in common: a driver that is right, over a lock that really excludes. Each of them replaces one thing.

import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  linkSync,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

export const held = new Map();

export const write = (message) => writeSync(1, `${typeof message === "string" ? message : JSON.stringify(message)}\n`);

export const lockPathOf = (target) => join(realpathSync(dirname(target)), `${basename(target)}.lock`);

export function payload() {
  const lock = {
    pid: process.pid,
    createdAt: new Date().toISOString(),
    protocol: 1,
    token: randomBytes(16).toString("hex"),
    platform: process.platform,
  };
  return `${JSON.stringify(lock, null, 2)}\n`;
}

/** By link, so that nobody sees a torn lock; a dead holder's stays for ever. */
export async function take(target, timeoutMs = 10_000) {
  const lockPath = lockPathOf(target);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const bytes = payload();
    const candidate = join(dirname(lockPath), `.openclaw-lock-${JSON.parse(bytes).token}.tmp`);
    writeFileSync(candidate, bytes, { flag: "wx" });
    try {
      linkSync(candidate, lockPath);
      return { lockPath, bytes };
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (performance.now() >= deadline) return undefined;
    } finally {
      rmSync(candidate);
    }
    await sleep(2);
  }
}

export const verbs = {
  hello: () => ({
    protocol: 1,
    name: "bad",
    version: "0.0.0",
    language: "javascript",
    platform: process.platform,
    pid: process.pid,
    capabilities: ["basic"],
  }),
  acquire: async ({ target, handle, options }) => {
    const started = performance.now();
    const lock = await take(target, options?.timeoutMs);
    if (lock === undefined)
      return { status: "refused", code: "file_lock_timeout", error: { message: "file lock timeout" } };
    held.set(handle, lock);
    return {
      lockPath: lock.lockPath,
      waitedMs: performance.now() - started,
      waits: 0,
      token: JSON.parse(lock.bytes).token,
    };
  },
  release: ({ handle }) => {
    const lock = held.get(handle);
    held.delete(handle);
    if (lock !== undefined) rmSync(lock.lockPath);
    return {};
  },
  verify: ({ handle }) => ({
    held: lstatSync(held.get(handle)?.lockPath ?? "/nowhere", { throwIfNoEntry: false }) !== undefined,
  }),
  loop: async ({ target, counter, log, rounds, holdMs }) => {
    for (let round = 0; round < rounds; round += 1) {
      const { lockPath } = await take(target);
      await verbs.guarded({ counter, log, holdMs });
      rmSync(lockPath);
    }
    return { completed: rounds, acquireMs: { max: 0, mean: 0 } };
  },
  bye: () => ({}),
};

Object.defineProperty(verbs, "guarded", {
  enumerable: false,
  value: async ({ counter, log, holdMs }) => {
    const next = Number(readFileSync(counter, "utf8")) + 1;
    await sleep(holdMs);
    writeFileSync(`${counter}.${process.pid}`, String(next));
    renameSync(`${counter}.${process.pid}`, counter);
    appendFileSync(log, `bad ${process.pid} ${next}\n`);
  },
});

/** Answers every request; `reply` may replace how an answer is sent. */
export function serve(overrides = {}, reply = write) {
  const all = { ...verbs, ...overrides };
  const answer = async (request) => {
    const { id, verb } = request;
    try {
      if (all[verb] === undefined) throw new Error(`unknown verb ${verb}`);
      reply({ id, status: "ok", ...(await all[verb](request)) }, request);
    } catch (error) {
      reply({ id, status: "error", message: String(error) }, request);
    }
    if (verb === "bye") process.exit(0);
  };
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => void answer(JSON.parse(line)));
  return lines.on("close", () => (overrides.close ?? process.exit)(0));
}
