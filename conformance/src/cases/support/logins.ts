import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CaseContext } from "../../engine/case.js";
import type { Lifetimes, Login } from "../../oauth-server/provider.js";
import { OAuthServer } from "../../oauth-server/server.js";

export const PROVIDER = "xai";
export const PROFILE = "xai:default";

/** Where a credential stands in a store of OpenClaw's form. */
export const AT: readonly string[] = ["profiles", PROFILE];

export type Credential = Readonly<Record<string, unknown>>;

/** A login, and the store that has it. */
export interface Place {
  readonly server: OAuthServer;
  readonly login: Login;
  readonly store: string;
  readonly at: readonly string[];
}

export async function oauthServer(context: CaseContext, lifetimes: Lifetimes = {}): Promise<OAuthServer> {
  const server = await OAuthServer.start(lifetimes);
  context.cleanup(() => server.close());
  return server;
}

/** The credential of a login as OpenClaw would store it; long expired, whatever the server thinks. */
export const expired = (login: Login, more: Credential = {}): Credential => ({
  type: "oauth",
  provider: PROVIDER,
  access: login.access,
  refresh: login.refresh,
  expires: Date.now() - 60_000,
  ...more,
});

export const fresh = (login: Login, more: Credential = {}): Credential =>
  expired(login, { expires: Date.now() + 3_600_000, ...more });

/** A server with one login, whose credential in a store of its own has expired. */
export async function expiredPlace(
  context: CaseContext,
  options: { readonly lifetimes?: Lifetimes; readonly store?: string; readonly more?: Credential } = {},
): Promise<Place> {
  const server = await oauthServer(context, options.lifetimes);
  const login = await server.login();
  const store = context.target(options.store);
  const place = { server, login, store, at: AT };
  putCredential(place, expired(login, options.more));
  return place;
}

/** Another login of the same server in a store of its own. */
export async function anotherPlace(context: CaseContext, { server }: Place, name: string): Promise<Place> {
  const login = await server.login();
  const place = { server, login, store: context.target(name), at: AT };
  putCredential(place, expired(login));
  return place;
}

export const readStore = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;

export function credentialIn(path: string, at: readonly string[] = AT): Record<string, unknown> | undefined {
  let value: unknown = readStore(path);
  for (const key of at) value = (value as Record<string, unknown> | undefined)?.[key];
  return value as Record<string, unknown> | undefined;
}

/** Puts a credential into a store as a careful writer would: in one step, and nothing else is changed. */
export function putCredential({ store, at }: Pick<Place, "store" | "at">, credential: Credential | undefined): void {
  const whole = readStore(store);
  let parent = whole;
  for (const key of at.slice(0, -1)) {
    parent[key] ??= {};
    parent = parent[key] as Record<string, unknown>;
  }
  if (credential === undefined) delete parent[at.at(-1)!];
  else parent[at.at(-1)!] = credential;
  replaceStore(store, `${JSON.stringify(whole, null, 2)}\n`);
}

/** Replaces a file in one step and keeps its mode; when the rename was. */
export function replaceStore(store: string, content: string | Uint8Array): number {
  const temporary = join(dirname(store), `.writing-${basename(store)}`);
  writeFileSync(temporary, content, { mode: statSync(store, { throwIfNoEntry: false })?.mode ?? 0o600 });
  renameSync(temporary, store);
  return performance.now();
}

/** What is stored has expired again, as after an hour; nothing else about it has changed. */
export function expire(place: Place): void {
  putCredential(place, { ...credentialIn(place.store, place.at), expires: Date.now() - 60_000 });
}
