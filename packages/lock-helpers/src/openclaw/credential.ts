import { expiresOf, hasSameTokens, isCurrent, isSameAccount } from "../oauth/credential.js";
import { fenceOf } from "../oauth/fence.js";
import { isObject, own, said } from "../oauth/text.js";

const isLogin = (credential: unknown) => own(credential, "type") === "oauth";

/** Whether a credential can be used as it is: an OAuth login with an access token that has more than 5 minutes to go (STATE-5). */
export function isUsable(credential: unknown, now = Date.now()): boolean {
  return isLogin(credential) && isCurrent(credential, now) && fenceOf(credential) === undefined;
}

/** Whether OpenClaw has put a fence in the place of its tokens: a refresh is under way, was killed, or has failed (STATE-6). */
export function isFence(credential: unknown): boolean {
  return fenceOf(credential) !== undefined;
}

/** Whether main's credential may be used in the place of an agent's own (STATE-7). */
export function mayAdopt(local: unknown, main: unknown, now = Date.now()): boolean {
  if (!isLogin(local) || !isUsable(main, now)) return false;
  const [mine, theirs] = [expiresOf(local), expiresOf(main)];
  return (mine === undefined || (theirs ?? mine) > mine) && isSameAccount(local, main);
}

/** In whose store a credential is refreshed (STATE-8), by what both have for the profile. */
export function ownerOf(main: unknown, agent: unknown): "main" | "agent" | "none" {
  if (!isObject(agent)) return isObject(main) ? "main" : "none";
  if (!isLogin(main) || !isLogin(agent) || !isSameAccount(agent, main)) return "agent";
  const [mine, theirs] = [expiresOf(agent), expiresOf(main)];
  if (theirs !== undefined) return mine === undefined || theirs >= mine ? "main" : "agent";
  const isCopy = hasSameTokens(agent, main) && said(agent, "refresh") !== "";
  return mine === undefined && isCopy ? "main" : "agent";
}
