import { ASSUMED_LIFETIME_MS, FRESH_MARGIN_MS } from "../generated/constants.js";
import type { JsonObject } from "../store/types.js";
import { fenceOf } from "./fence.js";
import { own, said, saidInLowerCase } from "./text.js";

/** What a store has for one login: `access`, `refresh`, `expires` (epoch ms), and whatever else. */
export type Credential = JsonObject;

/** What a token endpoint answers: the keys that count of it. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  /** Seconds. */
  readonly expires_in?: number | string | undefined;
  readonly account_id?: string | undefined;
  readonly email?: string | undefined;
  readonly [key: string]: unknown;
}

/** The latest moment that there is, epoch milliseconds. */
export const LATEST_MS = 8.64e15;

/** Epoch milliseconds; undefined where it says none. */
export function expiresOf(credential: unknown): number | undefined {
  const value = own(credential, "expires");
  return typeof value === "number" && Math.abs(value) <= LATEST_MS ? value : undefined;
}

/** The test of freshness that applies where the caller has none: an access token with more than 5 minutes to go. */
export function isCurrent(credential: unknown, now = Date.now()): boolean {
  const expires = expiresOf(credential);
  return said(credential, "access") !== "" && expires !== undefined && expires > 0 && expires - now > FRESH_MARGIN_MS;
}

export interface Freshness {
  /** What this call read first; undefined where this is that. */
  readonly first: unknown;
  /** An access token that is known to be rejected. */
  readonly rejected: string | undefined;
  readonly isFresh: (credential: Credential) => boolean;
}

/** REFRESH-2. */
export function isFreshTo({ first, rejected, isFresh }: Freshness, credential: Credential): boolean {
  if (said(credential, "access") !== "" && own(credential, "access") === rejected) return false;
  if (fenceOf(credential)) return false;
  return isFresh(credential) || hasBeenRefreshed(first, credential);
}

// Else tokens that live for less than the margin would be refreshed by every waiter in turn.
function hasBeenRefreshed(first: unknown, credential: Credential): boolean {
  const expires = expiresOf(credential);
  if (first === undefined || said(credential, "access") === "" || expires === undefined) return false;
  if (hasSameTokens(first, credential)) return false;
  const before = expiresOf(first);
  return before === undefined || expires > before;
}

/** What a refresh consumes and replaces; empty where there is no text. */
export function tokensOf(credential: unknown): readonly [refresh: string, access: string] {
  const token = (key: string) => {
    const value = own(credential, key);
    return typeof value === "string" ? value : "";
  };
  return [token("refresh"), token("access")];
}

export function hasSameTokens(one: unknown, other: unknown): boolean {
  const [refresh, access] = tokensOf(one);
  const [otherRefresh, otherAccess] = tokensOf(other);
  return refresh === otherRefresh && access === otherAccess;
}

/** What an answer writes over a stored credential (REFRESH-10); undefined: it is no answer. */
export function changesOf(answer: unknown, requestedAt: number): Credential | undefined {
  if (said(answer, "access_token") === "") return undefined;
  return {
    access: own(answer, "access_token") as string,
    ...(said(answer, "refresh_token") && { refresh: own(answer, "refresh_token") as string }),
    expires: requestedAt + lifetimeOf(own(answer, "expires_in"), requestedAt),
    ...(said(answer, "account_id") && { accountId: own(answer, "account_id") as string }),
    ...(said(answer, "email") && { email: own(answer, "email") as string }),
  };
}

function lifetimeOf(given: unknown, requestedAt: number): number {
  const seconds = typeof given === "string" && /^[0-9]{1,15}$/.test(given) ? Number(given) : given;
  if (typeof seconds !== "number" || !(seconds > 0) || seconds > LATEST_MS) return ASSUMED_LIFETIME_MS;
  const ms = Math.trunc(seconds * 1000);
  return requestedAt + ms > LATEST_MS ? ASSUMED_LIFETIME_MS : ms;
}

/** Whether an answer says that it is for another account than the stored one (REFRESH-10). */
export function contradicts(stored: Credential, answer: unknown): boolean {
  const accounts = [said(stored, "accountId"), said(answer, "account_id")] as const;
  const addresses = [saidInLowerCase(stored, "email"), saidInLowerCase(answer, "email")] as const;
  const decides = [accounts, addresses].find(([one, other]) => one !== "" && other !== "");
  return decides !== undefined && decides[0] !== decides[1];
}

/** Whether another credential is of the same account as the stored one (REFRESH-11). */
export function isSameAccount(stored: unknown, other: unknown): boolean {
  const provider = saidInLowerCase(stored, "provider");
  if (provider === "" || provider !== saidInLowerCase(other, "provider")) return false;
  const accounts = [said(stored, "accountId"), said(other, "accountId")] as const;
  const addresses = [saidInLowerCase(stored, "email"), saidInLowerCase(other, "email")] as const;
  const decides = [accounts, addresses].find(([one, another]) => one !== "" && another !== "");
  if (decides) return decides[0] === decides[1];
  const hasEqualToken = ["refresh", "access"].some(
    (key) => said(stored, key) !== "" && own(stored, key) === own(other, key),
  );
  return hasEqualToken || (accounts[0] === "" && addresses[0] === "");
}
