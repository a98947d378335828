// The entry point `@openclaw/lock-helpers/store`: JSON files that are read without a lock and replaced under it.

export { isStoreError, StoreError, type StoreErrorCode, type StoreErrorDetails } from "./store/errors.js";
export type {
  FileIdentity,
  HeldStoreLock,
  InvalidKind,
  JsonObject,
  JsonValue,
  StoreEdit,
  StoreSnapshot,
} from "./store/types.js";
export {
  type AsyncEdit,
  type Edit,
  readStore,
  readStoreSync,
  replaceStore,
  type StoreUpdate,
  type SyncEdit,
  updateStore,
  updateStoreSync,
} from "./store/update.js";
