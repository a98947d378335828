import { isSameAccount } from "../src/oauth/credential.js";
import { fenceOf } from "../src/oauth/fence.js";
import { isObject } from "../src/oauth/text.js";
import { ownerOf } from "../src/openclaw/credential.js";
import {
  CredentialCache,
  isUsable,
  mayAdopt,
  refreshCredential,
  refreshLockTargets,
  resolveAgentDir,
  resolveMainAgentDir,
  resolveStateDir,
  waitForFreshCredential,
} from "../src/openclaw.js";
import { cancellable, optionsOf } from "./locks.js";
import { type Request, text } from "./protocol.js";
import { refreshOptionsOf, replyOf } from "./refreshes.js";

type Reply = Record<string, unknown>;

const optional = (request: Request, ...keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(keys.flatMap((key) => (request[key] == null ? [] : [[key, request[key]]])));

export function statePaths(request: Request): Reply {
  const exists = new Set((request.exists as string[] | undefined) ?? []);
  const given = optional(request, "env", "cwd", "profile");
  const state = {
    ...given,
    home: (request.home as string | undefined) ?? null,
    exists: (path: string) => exists.has(path),
  };
  const stateDir = resolveStateDir(state);
  const reply = {
    stateDir,
    agentDir: resolveAgentDir(request.agentId as string | undefined, state),
    mainAgentDir: resolveMainAgentDir(state),
  };
  if (request.provider === undefined) return reply;
  return {
    ...reply,
    refreshLocks: refreshLockTargets(stateDir, text(request, "provider"), text(request, "profileId")),
  };
}

export function credential(request: Request): Reply {
  const { credential: stored, main } = request;
  const now = Number(request.now);
  return {
    usable: isUsable(stored, now),
    fence: fenceOf(stored) ?? null,
    mayAdopt: mayAdopt(stored, main, now),
    sameAccount: isObject(main) ? isSameAccount(stored, main) : null,
  };
}

export function credentialOwner(request: Request): Reply {
  return { owner: ownerOf(request.main, request.agent) };
}

const profileOf = (request: Request) => ({
  ...optional(request, "stateDir", "agentId", "provider"),
  profileId: text(request, "profileId"),
});

export async function openclawRefresh(request: Request): Promise<Reply> {
  return cancellable(request, async (signal) =>
    replyOf(await refreshCredential({ ...refreshOptionsOf(request, signal), ...profileOf(request) })),
  );
}

export async function openclawWait(request: Request): Promise<Reply> {
  return cancellable(request, async (signal) => {
    const options = { ...optionsOf(request), ...optional(request, "rejected"), ...profileOf(request), signal };
    const { access, expires } = await waitForFreshCredential(options);
    return { access, expires };
  });
}

export async function cachePut(request: Request): Promise<Reply> {
  const options = optional(request, "stateDir", "agentId", "profileId", "providerDoesNotRotate");
  const cache = new CredentialCache(text(request, "path"), options);
  await cache.put(text(request, "key"), request.credential as never, optionsOf(request));
  return {};
}
