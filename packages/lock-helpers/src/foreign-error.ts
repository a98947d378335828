import type { Abandonment } from "./abandoned.js";
import { type FileLockError, FileLockForeignError } from "./errors.js";
import { printable, shellWord } from "./escape.js";
import { foreignOf } from "./foreign-finding.js";
import type { ForeignEntry } from "./generated/foreign.js";
import { holderOf, processOf } from "./holder.js";
import { type Call, refuse } from "./messages.js";
import type { Finding } from "./subject.js";
import type { System } from "./system.js";

/** What is at the lock path is nobody's whom we know (FOREIGN-1). `denied`: why it was not removed, where that was asked. */
export function foreignError(call: Call, finding: Finding, system: System, denied?: Denial): FileLockError {
  const { entry } = foreignOf(finding, system);
  const holder = holderOf(finding, system);
  const by = holder.pid === undefined ? "" : `, made by ${processOf(holder.pid, holder.command)}`;
  const why = denied === undefined ? "" : `; it was not removed: ${DENIALS[denied]}`;
  return refuse(
    FileLockForeignError,
    call,
    `foreign file lock for ${printable(call.target)}: ${printable(call.lockPath)} is ${entry.what}${by}`,
    `${entry.remedy}, then ${removalOf(entry, finding)}${why}`,
    system,
    { holder, kind: entry.kind },
  );
}

// Who has put files into a directory may want them.
function removalOf({ object, entries }: ForeignEntry, { path }: Finding): string {
  if (object === "directory" && entries !== "none") return `remove ${printable(path)}`;
  return `run: ${object === "directory" ? "rmdir" : "rm"} ${shellWord(path)}`;
}

/** Why a foreign lock stays, though its removal was asked for. */
export type Denial = Abandonment | "forbidden";

const DENIALS: Readonly<Record<Denial, string>> = {
  "not-removable": "removeForeign takes no such thing away",
  recent: "it has not been left alone for staleMs, or was not watched for 2 s (foreignTimeoutMs)",
  "owner-lives": "the process that it names lives",
  "in-use": "a process has it open, or has locked it",
  "cannot-see": "not every process that may use it can be seen from here (trustPids)",
  abandoned: "it was changed, or somebody else was about to remove it",
  forbidden: "reclaim is false",
};
