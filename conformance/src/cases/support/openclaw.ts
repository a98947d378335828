import { createHash } from "node:crypto";
import { join } from "node:path";
import type { CaseContext, Driver, Pending, Reply } from "../../engine/case.js";
import type { OAuthServer } from "../../oauth-server/server.js";
import { AT, type Credential, expired, oauthServer, type Place, PROFILE, PROVIDER, putCredential } from "./logins.js";
import { answerOf } from "./refreshing.js";

export const REFRESH_LOCKS = "locks/oauth-refresh";

/** What OpenClaw up to 2026.6.1 says of the store of an agent. */
export const storeOf = (context: CaseContext, agent = "main"): string =>
  context.target(`agents/${agent}/agent/auth-profiles.json`);

/** The refresh lock's target up to 2026.6.5. */
export function sha256Target(context: CaseContext): string {
  const hash = createHash("sha256").update(`${PROVIDER}\0${PROFILE}`).digest("hex");
  return join(context.dir, REFRESH_LOCKS, `sha256-${hash}`);
}

/** A login that has expired in main's store of a JSON state directory. */
export async function openclawPlace(context: CaseContext, more: Credential = {}): Promise<Place> {
  const server = await oauthServer(context);
  const login = await server.login();
  const place = { server, login, store: storeOf(context), at: AT };
  putCredential(place, expired(login, more));
  return place;
}

export interface OpenclawFields {
  readonly agentId?: string;
  readonly profileId?: string;
  readonly rejected?: string;
  readonly resend?: "never" | "if-dead";
  readonly stateDir?: string;
  readonly options?: { readonly timeoutMs?: number };
}

const common = (context: CaseContext, fields: OpenclawFields): object => ({
  stateDir: context.dir,
  agentId: "main",
  provider: PROVIDER,
  profileId: PROFILE,
  ...fields,
  options: { timeoutMs: context.limit(30_000), ...fields.options },
});

export function startOpenclawRefresh(
  context: CaseContext,
  driver: Driver,
  server: OAuthServer,
  fields: OpenclawFields = {},
): Pending {
  const endpoint = { url: server.url, clientId: server.clientId };
  return driver.start("openclaw-refresh", { ...common(context, fields), ...endpoint }, { timeoutMs: 60_000 });
}

export const openclawRefresh = (
  context: CaseContext,
  driver: Driver,
  server: OAuthServer,
  fields: OpenclawFields = {},
): Promise<Reply> => answerOf(context, startOpenclawRefresh(context, driver, server, fields));

export const startOpenclawWait = (context: CaseContext, driver: Driver, fields: OpenclawFields = {}): Pending =>
  driver.start("openclaw-wait", common(context, fields), { timeoutMs: 60_000 });

export const openclawWait = (context: CaseContext, driver: Driver, fields: OpenclawFields = {}): Promise<Reply> =>
  answerOf(context, startOpenclawWait(context, driver, fields));
