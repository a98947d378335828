// The entry point `@openclaw/lock-helpers/payload`, apart from the locks: most programs never check a payload.
export type { LockPayload } from "./generated/payload.js";
export { validateLockPayload } from "./generated/validate-payload.js";
