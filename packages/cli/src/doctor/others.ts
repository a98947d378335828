import { shellWord } from "../render/shell.js";
import { type Case, fallbacks } from "./case.js";
import { type Diagnosis, evidenceOf } from "./diagnosis.js";
import { isAtLeast } from "./release.js";

/** What looks like a stuck lock or a dead login, and is neither. */
export function otherDiagnoses(about: Case, before: readonly Diagnosis[]): Diagnosis[] {
  return [...sqlite(about), ...session(about), ...gateway(about), ...unexplained(about, before)];
}

function sqlite(about: Case): Diagnosis[] {
  const lines = about.findings.of("sqlite-busy");
  if (lines.length === 0) return [];
  const database = about.stores.stores.find(({ kind }) => kind === "sqlite")?.path;
  const isVague = lines.every(({ first }) => /lock may be busy/.test(first.text));
  if (isVague && isBeforeSqlite(about)) return jsonStore(about);
  const mayBeOther = isVague && isAtLeast(about.release, "2026.9.4") !== true;
  const other = mayBeOther ? " This release says so of any failed write, a full disk included." : "";
  return [
    {
      cause: "sqlite-contention",
      ...(database !== undefined && { subject: database }),
      title: "A database was busy: SQLite's own lock, which is no file.",
      meaning: `No .lock file has to do with it, and the login is fine.${other}`,
      evidence: evidenceOf(lines),
      next:
        database === undefined
          ? { text: "Try again; if it stays, restart what keeps it open:", command: "openclaw gateway restart" }
          : { text: "Try again; if it stays, see who has it open:", command: `fuser -v ${shellWord(database)}` },
      urgency: "wait",
    },
  ];
}

// The same words were used when the store was a JSON file, and the lock one beside it.
function isBeforeSqlite({ release, stores }: Case): boolean {
  const known = isAtLeast(release, "2026.6.5");
  return known === undefined ? stores.stores.length > 0 && stores.stores.every(({ kind }) => kind === "json") : !known;
}

function jsonStore({ findings, stores }: Case): Diagnosis[] {
  const store = stores.stores.find(({ kind }) => kind === "json")?.path;
  return [
    {
      cause: "lock-wait",
      ...(store !== undefined && { subject: `${store}.lock` }),
      title: "The store of the logins could not be written: its lock was held, or the write failed.",
      meaning:
        "The login is fine: nobody has to sign in again for this. This release does not say which of the two it was.",
      evidence: evidenceOf(findings.of("sqlite-busy")),
      next: {
        text: "See whether its lock is stuck:",
        command: `openclaw-locks status${store === undefined ? "" : ` ${shellWord(store)}`}`,
      },
      urgency: "wait",
    },
  ];
}

function session({ findings }: Case): Diagnosis[] {
  const lines = findings.of("session-wait");
  if (lines.length === 0) return [];
  const pid = lines.find(({ about }) => about.pid !== undefined)?.about.pid;
  return [
    {
      cause: "session-lock",
      ...(lines[0]!.about.path !== undefined && { subject: lines[0]!.about.path }),
      title: `A session was busy${pid === undefined ? "" : `: process ${pid} was writing to it`}.`,
      meaning:
        "Neither the model nor the login has failed, though another model may have been tried for it. OpenClaw removes these locks itself; nobody else may.",
      evidence: evidenceOf(lines),
      next: { text: "Let the other run end; if none is there, let OpenClaw look:", command: "openclaw doctor" },
      urgency: "wait",
    },
  ];
}

function gateway({ findings }: Case): Diagnosis[] {
  const lines = findings.of("gateway-lock");
  if (lines.length === 0) return [];
  const pid = lines.find(({ about }) => about.pid !== undefined)?.about.pid;
  return [
    {
      cause: "gateway-lock",
      title: `A second gateway was started${pid === undefined ? "" : `: process ${pid} is the first`}.`,
      meaning: "One state directory has one gateway. The lock is the gateway's own: leave it to it.",
      evidence: evidenceOf(lines),
      next: { text: "See which one runs:", command: "openclaw gateway status" },
      urgency: "wait",
    },
  ];
}

// Only where nothing else tells why.
function unexplained(about: Case, before: readonly Diagnosis[]): Diagnosis[] {
  const lines = about.findings.of("login-failed");
  const auth = about.findings
    .of("fallback")
    .filter(({ reasons }) => [...reasons].some((reason) => reason.startsWith("auth")));
  const found = lines.length > 0 ? lines : auth;
  if (found.length === 0 || before.length > 0) return [];
  const provider = found.find(({ about: { provider } }) => provider !== undefined)?.about.provider;
  const times = fallbacks(about);
  return [
    {
      cause: "failed-login",
      ...(provider !== undefined && { subject: provider }),
      title: `A login${provider === undefined ? "" : ` of ${provider}`} did not work, and these lines do not say why.`,
      meaning: `Neither a stuck lock nor a refused token is proven by them.${times > 0 ? " Another model was taken instead." : ""}`,
      evidence: evidenceOf(found),
      next: { text: "See what the login is like:", command: "openclaw models status" },
      urgency: "act",
    },
  ];
}
