// The entry point `@openclaw/lock-helpers/openclaw`: where OpenClaw keeps its logins, and what may be done with them.

export type { Credential, TokenAnswer } from "./oauth/credential.js";
export { type TokenEndpoint, tokenEndpoint } from "./oauth/endpoint.js";
export {
  isRefreshError,
  RefreshError,
  type RefreshErrorCode,
  RefreshNotSent,
  RefreshRejected,
  type RefreshResult,
} from "./oauth/errors.js";
export type { RefreshFunction, RefreshOptions, RefreshRequest } from "./oauth/options.js";
export { CredentialCache, type CredentialCacheOptions } from "./openclaw/cache.js";
export { isFence, isUsable, mayAdopt } from "./openclaw/credential.js";
export {
  type AgentOptions,
  isProfileName,
  locateStateDir,
  namedAgentDir,
  namedConfigPath,
  resolveAgentDir,
  resolveMainAgentDir,
  resolveStateDir,
  type StateDir,
  type StateEnvironment,
  type StateOptions,
} from "./openclaw/paths.js";
export type { ProfileOptions } from "./openclaw/profile.js";
export { readCredential } from "./openclaw/read.js";
export { type RefreshCredentialOptions, refreshCredential } from "./openclaw/refresh.js";
export { refreshLockTargets } from "./openclaw/refresh-locks.js";
export { type RecognisedStore, recogniseStore } from "./openclaw/stores.js";
export { type WaitForFreshOptions, waitForFreshCredential } from "./openclaw/wait.js";
export { isStoreError, StoreError, type StoreErrorCode } from "./store/errors.js";
