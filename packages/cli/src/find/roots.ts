import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { isProfileName, locateStateDir, namedAgentDir, namedConfigPath } from "@openclaw/lock-helpers/openclaw";
import { classifyName, lockPathOf, printable } from "@openclaw/lock-helpers/tools";
import { UsageError } from "../usage-error.js";
import { failureOf } from "./survey.js";
import { type Met, walk } from "./walk.js";

/** Where to look. */
export type Root =
  /** A directory and what is below it. */
  | { readonly kind: "tree"; readonly path: string; readonly title: string }
  /** One lock and what belongs to it. */
  | { readonly kind: "lock"; readonly path: string }
  | { readonly kind: "absent"; readonly path: string; readonly title: string }
  | { readonly kind: "unreadable"; readonly path: string; readonly why: string };

/** The places that were asked for, or those where OpenClaw keeps its locks. */
export function rootsOf(paths: readonly string[], profile: string | undefined): Root[] {
  if (profile !== undefined && paths.length > 0) throw new UsageError("give --profile or paths, not both");
  if (profile !== undefined && !isProfileName(profile)) {
    throw new UsageError(`${printable(profile)} is not a profile name: letters, digits, - and _, at most 64`);
  }
  return paths.length > 0 ? paths.map(rootOf) : openclawRoots(profile);
}

function openclawRoots(profile: string | undefined): Root[] {
  // As OpenClaw's own --profile, which gives way to the variable.
  const isNamed = Boolean(process.env["OPENCLAW_STATE_DIR"]?.trim());
  const stateDir = locateStateDir({ profile: isNamed ? undefined : profile });
  const roots = [treeOf(stateDir.path, "OpenClaw's state directory")];
  const isElsewhere = (path: string | undefined): path is string =>
    path !== undefined && !`${path}${sep}`.startsWith(`${stateDir.path}${sep}`);
  const config = namedConfigPath();
  if (isElsewhere(config)) roots.push(rootOf(config));
  const agentDir = namedAgentDir();
  if (isElsewhere(agentDir)) roots.push(treeOf(agentDir, "OPENCLAW_AGENT_DIR"));
  return roots;
}

function rootOf(path: string): Root {
  if (path === "") throw new UsageError("a path is empty");
  const kind = classifyName(basename(path));
  if (kind === "lock") return { kind: "lock", path: inRealDirectory(path) };
  if (kind === "guard" || kind === "marker") {
    return { kind: "lock", path: inRealDirectory(path).replace(/\.reclaim(?:\.[0-9a-f]{16})?$/, "") };
  }
  if (isDirectory(path)) return treeOf(resolve(path), "");
  try {
    return { kind: "lock", path: lockPathOf(path) };
  } catch (error) {
    return { kind: "unreadable", path: resolve(path), why: failureOf(error) };
  }
}

function treeOf(path: string, title: string): Root {
  try {
    // A link that was named by hand is followed; below it none is but where OpenClaw keeps locks.
    return { kind: "tree", path: realpathSync.native(path), title };
  } catch (error) {
    const why = failureOf(error);
    return why === "ENOENT" ? { kind: "absent", path, title } : { kind: "unreadable", path, why };
  }
}

/** What is found at a root, a directory at a time. */
export function* meet(root: Root): Generator<Met | { readonly kind: "free"; readonly path: string }, void> {
  if (root.kind === "tree") yield* walk(root.path);
  if (root.kind === "unreadable") yield { kind: "unreadable", path: root.path, why: root.why };
  if (root.kind !== "lock") return;
  const directory = dirname(root.path);
  const lock = basename(root.path);
  let names: string[];
  try {
    names = readdirSync(directory)
      .filter((name) => isAround(name, lock))
      .sort();
  } catch (error) {
    yield { kind: "unreadable", path: directory, why: failureOf(error) };
    return;
  }
  yield names.length > 0 ? { kind: "directory", path: directory, names } : { kind: "free", path: root.path };
}

function isAround(name: string, lock: string): boolean {
  if (name === lock) return true;
  return name.startsWith(`${lock}.reclaim`) && ["guard", "marker"].includes(classifyName(name) ?? "");
}

function inRealDirectory(path: string): string {
  const absolute = resolve(path);
  try {
    return join(realpathSync.native(dirname(absolute)), basename(absolute));
  } catch {
    return absolute;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
