import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CaseContext } from "../../engine/case.js";
import type { Login } from "../../oauth-server/provider.js";
import type { Place } from "./logins.js";
import { helperLock, type Owner } from "./payloads.js";

/** The digest of what a refresh consumes and replaces, in hex (refresh.md). */
export const generationOf = ({ refresh, access }: Pick<Login, "refresh" | "access">): string =>
  createHash("sha256").update(`openclaw-refresh-generation:v1\0${refresh}\0${access}`).digest("hex");

export const intentOf = (directory: string, login: Pick<Login, "refresh" | "access">): string =>
  join(directory, `.openclaw-refresh-${generationOf(login).slice(0, 32)}.json`);

export const intentsIn = (directory: string): string[] =>
  readdirSync(directory).filter((name) => /^\.openclaw-refresh-.*\.json$/.test(name));

export const temporariesIn = (directory: string): string[] =>
  readdirSync(directory).filter((name) => name.startsWith(".openclaw-store-"));

export interface Intent {
  readonly state: "sent" | "rejected" | "unknown";
  readonly reason?: string;
}

/** An intent as a helper on this machine writes it. */
export function intentText(path: string, login: Login, owner: Owner, { state, reason }: Intent): string {
  const payload = JSON.parse(helperLock(path, owner, { token: randomBytes(16).toString("hex") })) as object;
  const more = { generation: generationOf(login), state, ...(reason === undefined ? {} : { reason }) };
  return `${JSON.stringify({ ...payload, ...more }, null, 2)}\n`;
}

/** Plants the intent of what the place has stored; its path. */
export function plantIntent(context: CaseContext, place: Place, owner: Owner, intent: Intent): string {
  const path = intentOf(dirname(place.store), place.login);
  context.plant(path, intentText(path, place.login, owner, intent), { mode: 0o600 });
  return path;
}

/** What the place's intent says; undefined where there is none. */
function saidIn({ store, login }: Place, key: "state" | "reason"): string | undefined {
  try {
    const text = readFileSync(intentOf(dirname(store), login), "utf8");
    return String((JSON.parse(text) as Record<string, unknown>)[key]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export const intentState = (place: Place): string | undefined => saidIn(place, "state");
export const intentReason = (place: Place): string | undefined => saidIn(place, "reason");

/** The intent of the place's first login is in this state, and may stay; undefined: there is none. */
export function intentIs(context: CaseContext, check: string, place: Place, state: string | undefined): void {
  const now = intentState(place);
  context.check(check, now === state, () => `the intent is ${now ?? "not there"}, not ${state ?? "gone"}`);
  if (now !== undefined)
    context.excuse(intentOf(dirname(place.store), place.login), "what became of the token is not known");
}

/** Whatever intents are there may stay: what they are about was judged. */
export function excuseIntents(context: CaseContext, directory: string): void {
  for (const name of intentsIn(directory))
    context.excuse(join(directory, name), "what became of the token is not known");
}

/** Neither intent nor temporary file is beside the store. */
export function nothingBeside(context: CaseContext, check: string, place: Place): void {
  const directory = dirname(place.store);
  const left = [...intentsIn(directory), ...temporariesIn(directory)];
  context.check(check, left.length === 0, () => `${left.join(", ")} stayed beside ${basename(place.store)}`);
}
