import { lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CaseContext, Driver, KernelLock, RefusalError } from "../../engine/case.js";
import { readData } from "../../engine/data.js";
import { bytesOf, lockOf } from "./files.js";

/** An entry of `spec/foreign.json`. */
export interface ForeignKind {
  readonly kind: string;
  readonly what: string;
  readonly remedy: string;
  readonly removable: boolean;
}

let table: readonly ForeignKind[] | undefined;

export function kindCalled(kind: string): ForeignKind {
  table ??= (JSON.parse(readData("spec/foreign.json")) as { kinds: ForeignKind[] }).kinds;
  const found = table.find((entry) => entry.kind === kind);
  if (found === undefined) throw new Error(`spec/foreign.json knows no ${kind}`);
  return found;
}

/** The refusal has the table's name of it; whoever does not know the table has some name for it. */
export function isNamed(
  context: CaseContext,
  check: string,
  { implementation }: Driver,
  error: RefusalError,
  kind: string,
): void {
  const isRight = implementation.capabilities.has("foreign") ? error.kind === kind : (error.kind ?? "") !== "";
  context.check(check, isRight, () => `its kind is ${error.kind}`);
}

/** The refusal names the kind, and says word for word what is there and what to do about it (FOREIGN-1). */
export function namesKind(
  context: CaseContext,
  check: string,
  error: RefusalError,
  kind: string,
  lockPath: string,
): void {
  const { what, remedy } = kindCalled(kind);
  context.check(`${check}-kind`, error.kind === kind, () => `its kind is ${error.kind}, not ${kind}`);
  const sentence = `${lockPath} is ${what}`;
  const isSaid = error.message.includes(sentence) && error.message.includes(remedy);
  context.check(`${check}-sentence`, isSaid, () => {
    return `the message must have "${sentence}" and "${remedy}", but it is: ${error.message}`;
  });
}

/** The refusal has this kernel lock, and its message names who holds it (FOREIGN-4). */
export function namesKernelLock(
  context: CaseContext,
  check: string,
  { message, kernelLocks }: RefusalError,
  due: KernelLock,
): void {
  hasKernelLock(context, check, kernelLocks, due);
  const words = [due.pid, due.command].filter((word) => word !== null && word !== undefined).map(String);
  const isSaid = words.every((word) => message.includes(word));
  context.check(`${check}-said`, isSaid, () => `the message does not name ${words.join(" and ")}: ${message}`);
}

export function hasKernelLock(
  context: CaseContext,
  check: string,
  found: readonly KernelLock[] | undefined,
  due: Partial<KernelLock>,
): void {
  const keys = Object.keys(due) as (keyof KernelLock)[];
  const isThere = found?.some((lock) => keys.every((key) => lock[key] === due[key])) === true;
  context.check(`${check}-kernel-lock`, isThere, () => {
    return `${JSON.stringify(due)} is not among the kernel locks ${JSON.stringify(found)}`;
  });
}

/** What can be seen of the object at a path without touching it. */
export function snapshot(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "nothing";
  if (stat.isDirectory()) return `directory ${stat.ino} with ${readdirSync(path).join(", ") || "nothing"}`;
  if (!stat.isFile()) return `object ${stat.ino}`;
  return `file ${stat.ino} ${(stat.mode & 0o7777).toString(8)} ${JSON.stringify(bytesOf(path))}`;
}

/** The object at the path is the same as before, byte for byte. */
export function isUntouched(context: CaseContext, check: string, path: string, before: string): void {
  const now = snapshot(path);
  context.check(`${check}-untouched`, now === before, () => `${path} was ${before}, and is ${now}`);
}

/** Whatever others have put beside the target is theirs. */
export function plantedByOthers(context: CaseContext, target: string): void {
  const lock = basename(lockOf(target));
  for (const name of readdirSync(dirname(target))) {
    if (name.startsWith(lock)) context.planted(join(dirname(target), name));
  }
}
