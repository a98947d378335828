import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { guardOf, isThere, lockOf } from "../support/files.js";
import { markerOf } from "../support/names.js";
import { listen } from "../support/neighbours.js";
import { helperLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";
import { fresh } from "../support/team.js";
import { age } from "../support/times.js";

export const witnessSweep: CaseDefinition = {
  id: "witness-sweep",
  title: "Dead witnesses that nothing names are swept, and no others",
  group: "container",
  level: "SHOULD",
  rules: ["WITNESS-9", "PUBLISH-8", "WITNESS-2"],
  field: [53],
  profile: "container",
  needs: ["basic", "witness"],
  environment: ["linux"],
  parallel: true,
  how: "Beside the target lie witnesses that refuse: an old one, a young one, one dated in the future, and old ones named by a lock, a guard, a marker and a lock of another file; an old one that answers; an old and a young unfinished one; an old file and an old directory with the name of a witness. The first acquire of a process must remove, at once or soon, the old one that nothing names and the old unfinished one, and nothing else.",
  timeoutMs: 30_000,
  async run(context) {
    const target = context.target("swept/file.json");
    const old = await socket(context, target, "old");
    const unfinished = await socket(context, target, "old", unfinishedName("0a"));
    const kept = {
      young: await socket(context, target, "young"),
      future: await socket(context, target, "future"),
      answering: await socket(context, target, "answering"),
      "young-unfinished": await socket(context, target, "young", unfinishedName("0b")),
      ...(await named(context, target)),
      file: plantFile(context, target),
      directory: plantDirectory(context, target),
    };
    await (await (await fresh(context)).acquire(target)).release();
    await gone(context, [old, unfinished]);
    context.check("old-swept", !isThere(old), "a dead witness that nothing names is still there");
    context.check("unfinished-swept", !isThere(unfinished), "an old witness that was never finished is still there");
    for (const [name, path] of Object.entries(kept))
      context.check(`${name}-kept`, isThere(path), `${path} was removed`);
  },
};

/** Who cannot ask without waiting sweeps a little later. */
async function gone(context: CaseContext, paths: readonly string[]): Promise<void> {
  const deadline = performance.now() + context.limit(5_000);
  while (paths.some(isThere) && performance.now() < deadline) await context.sleep(20);
}

const unfinishedName = (digits: string): string => `.openclaw-lock-${digits.repeat(8)}.tmp`;

async function socket(
  context: CaseContext,
  target: string,
  state: "old" | "young" | "future" | "answering",
  name?: string,
): Promise<string> {
  const listener = await listen(context, target, name === undefined ? undefined : join(dirname(target), name));
  if (state !== "answering") await listener.die();
  if (state === "old" || state === "answering") age(listener.path);
  if (state === "future") age(listener.path, -3_600_000);
  return listener.path;
}

/** Old witnesses that refuse, and that something names: they are evidence. */
async function named(context: CaseContext, target: string): Promise<Record<string, string>> {
  const owner = await sleeper(context);
  const other = join(dirname(target), "other.json");
  const guard = guardOf(other);
  const places = {
    "named-by-a-lock": lockOf(other),
    "named-by-a-guard": guard,
    "named-by-a-marker": markerOf(other, "whatever is broken"),
  };
  const witnesses: Record<string, string> = {};
  for (const [name, path] of Object.entries(places)) {
    const witness = await socket(context, target, "old");
    context.plant(path, helperLock(lockOf(other), owner, { witness: basename(witness) }));
    witnesses[name] = witness;
  }
  return witnesses;
}

function plantFile(context: CaseContext, target: string): string {
  const path = join(dirname(target), `.openclaw-lock-${"0c".repeat(8)}.sock`);
  context.plant(path, "no socket\n");
  age(path);
  return path;
}

function plantDirectory(context: CaseContext, target: string): string {
  const path = join(dirname(target), `.openclaw-lock-${"0d".repeat(8)}.sock`);
  if (!existsSync(path)) mkdirSync(path);
  context.planted(path);
  age(path);
  return path;
}
