// The entry point `@openclaw/lock-helpers/oauth`: one refresh at a time, and no refresh token twice.

export type { Credential, TokenAnswer } from "./oauth/credential.js";
export { type TokenEndpoint, tokenEndpoint } from "./oauth/endpoint.js";
export {
  isRefreshError,
  RefreshError,
  type RefreshErrorCode,
  type RefreshErrorDetails,
  RefreshNotSent,
  RefreshRejected,
  type RefreshResult,
} from "./oauth/errors.js";
export { type RefreshOnceOptions, refreshOnce } from "./oauth/once.js";
export type { RefreshFunction, RefreshLockOptions, RefreshOptions, RefreshRequest } from "./oauth/options.js";
export { type RefreshStoredOptions, refreshStored } from "./oauth/stored.js";
export { isStoreError, StoreError, type StoreErrorCode } from "./store/errors.js";
