import type { Inspection } from "@openclaw/lock-helpers/tools";
import { shellWord } from "../render/shell.js";
import { capital } from "../render/words.js";
import type { Kind, State } from "./entry.js";
import { isGuess } from "./guess.js";

const TRUST = "if no other container or machine uses this directory, run openclaw-locks sweep --trust-pids";
const SEE_MORE = "run this as root, or as the holder's user, where the holder runs";

const UNKNOWN: Readonly<Record<string, string>> = {
  "other-domain": `look from the host or from where it was taken; ${TRUST}`,
  "looks-dead-unproven": `look from the host; ${TRUST}`,
  "identity-young": "look again in half a minute",
  "ownerless-young": "look again in half a minute",
  "nobody-in-any-namespace": "once no OpenClaw process runs, remove it",
};

/** What to do, as one sentence. */
export function adviceOn(kind: Kind, state: State, inspection: Inspection): string {
  const { path, reason, object, holder, remedy, removable } = inspection;
  const remove = `run: ${object === "directory" ? "rmdir" : "rm"} ${shellWord(path)}`;
  switch (state) {
    case "held":
      if (isGuess(inspection)) return `${capital(SEE_MORE)}.`;
      return holder?.command === undefined || holder.pid === undefined
        ? "Wait for it."
        : `Wait for it, or see what pid ${holder.pid} is doing.`;
    case "being-written":
      return "Look again in two seconds.";
    case "in-use":
      return "Look again in half a minute.";
    case "stale":
      return removable || kind === "lock" ? "Run openclaw-locks sweep." : `Once no OpenClaw process runs, ${remove}`;
    case "foreign":
      // One remedy is to remove it, when that is safe.
      if (remedy?.startsWith("remove it once ")) return `${capital(remedy.slice("remove it ".length))}, ${remove}`;
      return `${capital(remedy ?? "find out whose it is")}, then ${remove}`;
    case "orphaned":
      return `Run: openclaw-locks repair ${shellWord(path)}`;
    case "unknown":
      return `${capital(UNKNOWN[reason ?? ""] ?? SEE_MORE)}.`;
    default:
      return "Nothing to do.";
  }
}
