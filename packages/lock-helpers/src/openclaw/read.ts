import type { Credential } from "../oauth/credential.js";
import { Profile, type ProfileOptions } from "./profile.js";

/**
 * The credential that an agent uses for a profile, as it is stored now: its own, or main's. It may have expired, or be a
 * fence: ask `isUsable`.
 *
 * @throws RefreshError `refresh_unavailable` where there is none; StoreError where the store cannot be read.
 */
export async function readCredential(options: ProfileOptions): Promise<Credential> {
  const profile = new Profile(options);
  return profile.checked(profile.effectiveOf(await profile.locate()));
}
