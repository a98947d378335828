// The entry point `@openclaw/lock-helpers/store`: JSON files that are read without a lock and replaced under it.

export type { StoreEdit } from "./store/edit.js";
export { isStoreError, StoreError, type StoreErrorCode, type StoreErrorDetails } from "./store/errors.js";
export type { FileIdentity } from "./store/file.js";
export type { JsonObject, JsonValue } from "./store/json.js";
export type { InvalidKind } from "./store/parse.js";
export type { HeldStoreLock } from "./store/replace.js";
export type { StoreSnapshot } from "./store/snapshot.js";
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
